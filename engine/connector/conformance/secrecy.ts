// Secrets stay out of log lines and errors.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { TestContext } from './test-context.ts';

/** Fails when a secret shows in anything said. Errors are looked at with their causes and fields. */
export function assertSecret(secrets: readonly string[] | undefined, ...said: readonly unknown[]): void {
  const text = inspect(said, { depth: 8, maxStringLength: null, maxArrayLength: null });
  for (const secret of secrets ?? []) {
    assert.ok(
      !text.includes(secret),
      `a secret was given away: ${text.replaceAll(secret, '<<SECRET>>').slice(0, 400)}`,
    );
  }
}

export function assertSecretLogs(secrets: readonly string[] | undefined, context: TestContext): void {
  assertSecret(secrets, context.logs);
}
