import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FLOW_END, FLOW_START } from './manifest-text.ts';
import { YamlServer } from './yaml-server.ts';

describe('hover by the stock YAML language server', () => {
  let server: YamlServer;
  before(async () => {
    server = await YamlServer.start();
  });
  after(() => server.stop());

  test('a field shows what it is for, not what its kind of value is for, and an example', async () => {
    const text = await server.hover(`${FLOW_START}      set¦tle: 2s\n${FLOW_END}`);
    assert.match(text, /^#### file consumer\n\nA file is taken when it has not changed for this long\./);
    assert.match(text, /A number with a unit: ms, s, m, h or d/);
    assert.match(text, /```yaml\n30s\n```/);
  });

  test('code in a description stays code', async () => {
    const text = await server.hover(`${FLOW_START}      mo¦veTo: ../done\n${FLOW_END}`);
    assert.match(text, /Where `after: move` puts files/);
  });

  test('a yes-or-no field shows how to turn it from its default', async () => {
    const text = await server.hover(`${FLOW_START}      recur¦sive: true\n${FLOW_END}`);
    assert.match(text, /```yaml\nrecursive: true\n```/);
  });

  test('a type shows every other type with what it does', async () => {
    const text = await server.hover(`${FLOW_START}  steps:\n    - name: a\n      type: spl¦it\n${FLOW_END}`);
    assert.match(text, /\* `split`: Turns one message into many/);
    assert.match(text, /\* `route`: Sends a message to named steps/);
  });

  test('the type of a step or connector shows what it does and how it is written', async () => {
    const step = await server.hover(
      `${FLOW_START}  steps:\n    - name: a\n      type: fil¦ter\n      when: a\n${FLOW_END}`,
    );
    assert.match(step, /Lets messages pass that meet a condition/);
    assert.match(step, /```yaml\nname: worth-it\ntype: filter\nrules:\n/);
    const connector = await server.hover(FLOW_START.replace('type: file', 'type: fi¦le'));
    assert.match(connector, /Watches a directory/);
    assert.match(connector, /```yaml\nname: inbox\ntype: file\n/);
  });
});
