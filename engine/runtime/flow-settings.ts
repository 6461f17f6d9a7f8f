// The settings of one flow as this process has them: values put in place, secrets kept out of what is said.
import type { ConnectorContext, JsonObject } from '../connector/contract.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { connectorContext, redactor } from './flow-context.ts';
import type { RuntimeParts } from './runtime-parts.ts';

type SettingsParts = Pick<RuntimeParts, 'resolveConfig' | 'resolvePath' | 'log'>;

export class FlowSettings {
  readonly #flow: string;
  readonly #parts: SettingsParts;
  readonly #secrets: string[] = [];
  /** Knows the secrets of everything that was resolved before; made anew for more. */
  #redactor: ((text: string) => string) | undefined;

  constructor(flow: string, parts: SettingsParts) {
    this.#flow = flow;
    this.#parts = parts;
  }

  /** Throws VRS3301 when `${env:}` or `${secret:}` values are missing. */
  resolve(config: JsonObject): JsonObject {
    const { value, missing, secrets } = this.#parts.resolveConfig(config);
    if (missing.length > 0) {
      throw new VrskyError(
        'VRS3301',
        `flow ${this.#flow} needs ${missing.join(', ')}, which this engine does not have`,
        {
          help: 'Set the environment variable, or put the secret where the engine looks for it (vrsky run --help).',
        },
      );
    }
    if (secrets.length > 0) {
      this.#secrets.push(...secrets);
      this.#redactor = undefined;
    }
    return value as JsonObject;
  }

  /** Takes secrets out of a text before it is stored or shown. */
  readonly redact = (text: string): string => {
    this.#redactor ??= redactor(this.#secrets);
    return this.#redactor(text);
  };

  /** Of the consumer, producer or step called `name`. */
  context(name: string, signal: AbortSignal): ConnectorContext {
    const { resolvePath, log } = this.#parts;
    return connectorContext({ flow: this.#flow, signal, resolvePath, redact: this.redact, log }, name);
  }
}
