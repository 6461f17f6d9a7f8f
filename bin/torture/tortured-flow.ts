// The manifest of the flow that is tortured: webhook → filter → map → HTTP, unless a case wants other parts.

/** Every tenth message is to be filtered, every tenth after it is poison. */
export const isFiltered = (id: number): boolean => id % 10 === 0;

/** YAML of the parts that a case has its own of. */
export interface FlowParts {
  readonly consumer?: string;
  readonly steps?: string;
  readonly delivery?: string;
  /** How long the producer waits for the sink; long when absent: a busy machine must not look like a silent sink. */
  readonly timeout?: string;
  /** `limits`, `stream`, `ordering` and the like. */
  readonly spec?: string;
}

/** Each engine has a port of its own, as if it ran on another machine. */
export const portVariable = 'TORTURE_PORT';

const hook = `{ name: hook, type: http, port: "\${env:${portVariable}}", path: /in, id: x-id }`;
const patient = '{ attempts: 50, backoff: { initial: 100ms, factor: 2, max: 2s }, deadline: 1h }';

/** A filter of every tenth message, and a step that fails where `poison` holds. */
export const filterAndPoison = (poison: string): string => `
    - name: tenth
      type: filter
      when: |
        id % 10 != 0
    - name: poison
      type: map
      expression: |
        ${poison} ? $error("poison") : { "id": id }`;

export function manifestOf(sink: string, { consumer, steps, delivery, timeout, spec }: FlowParts): string {
  return `
apiVersion: vrsky.io/v1
kind: Flow
metadata:
  name: torture
spec:
  consumers:
    - ${consumer ?? hook}
  steps:${steps ?? filterAndPoison('id % 10 = 1')}
  producers:
    - { name: sink, type: http, url: "${sink}/", timeout: ${timeout ?? '30s'}, breaker: { probe: 500ms } }
  delivery: ${delivery ?? patient}
${spec ?? ''}
`;
}
