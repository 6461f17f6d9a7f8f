// One line about how a message left a flow, and values short enough for a line.
import type { Payload } from '../payload/payload.ts';
import type { Ending } from './simulation/simulation.ts';

export function describeEnding(ending: Ending): string {
  switch (ending.kind) {
    case 'delivered':
      return `delivered to ${ending.producer}: ${shortPayload(ending.message.payload)}`;
    case 'filtered':
      return `filtered by ${ending.step}: ${ending.reason}`;
    case 'dead':
      return `dead letter at ${ending.node}: ${ending.code} (${ending.because}) ${ending.causes.join(': ')}`;
  }
}

const maxLength = 200;

/** JSON on one line, cut after 200 characters. */
export function shortValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

function shortPayload(payload: Payload): string {
  try {
    const value = payload.value();
    return value instanceof Uint8Array
      ? `${value.byteLength} bytes of ${payload.contentType}`
      : shortValue(value);
  } catch {
    return `${payload.contentType} that cannot be read`;
  }
}
