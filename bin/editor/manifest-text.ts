// Manifests for tests of editors: what comes before the place that a test is about.

/** The line that tells an editor where the schema is. */
export const MODELINE = '# yaml-language-server: $schema=../schemas/vrsky.schema.json\n';

/** A flow with one consumer, up to the end of its `spec.consumers`. */
export const FLOW_START = `${MODELINE}apiVersion: vrsky.io/v1
kind: Flow
metadata:
  name: orders
spec:
  consumers:
    - name: inbox
      type: file
      directory: ./inbox
`;

/** The producers that complete it. */
export const FLOW_END = `  producers:
    - name: norway
      type: log
    - name: world
      type: log
`;
