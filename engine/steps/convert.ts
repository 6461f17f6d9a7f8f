// convert: turns the payload from one format into another.
import { type Codec, type CodecOptions, codecs, type Format } from '../format/codecs.ts';
import type { CsvOptions } from '../format/csv/csv-options.ts';
import type { XmlOptions } from '../format/xml/xml-options.ts';
import { type Message, withPayload } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import type { StepResult, StepType } from './contract.ts';
import { evaluateStep } from './expression-step.ts';

export interface ConvertConfig {
  readonly from: Format;
  readonly to: Format;
  readonly namespaces?: 'keep' | 'strip';
  readonly xml?: XmlOptions;
  readonly csv?: CsvOptions;
}

export const convert: StepType<ConvertConfig> = {
  type: 'convert',
  compile: (config) => {
    const from = codecs[config.from];
    const to = codecs[config.to];
    const options: CodecOptions = {
      xml: { ...config.xml, ...(config.namespaces === undefined ? {} : { namespaces: config.namespaces }) },
      ...(config.csv === undefined ? {} : { csv: config.csv }),
    };
    const target = payloadWriter(config.to, to, options);
    return (message) =>
      evaluateStep(
        () => from.parse(message.payload.bytes(), options),
        (value): StepResult => ({ kind: 'pass', message: write(message, value, target) }),
      );
  },
};

function write(message: Message, value: unknown, target: (value: unknown) => Payload): Message {
  return withPayload(message, target(value));
}

/** JSON stays a value: the next step wants exactly that, and it is encoded when somebody asks for bytes. */
function payloadWriter(format: Format, codec: Codec, options: CodecOptions): (value: unknown) => Payload {
  if (format === 'json') return (value) => Payload.ofValue(value);
  return (value) => Payload.ofBytes(codec.format(value, options), codec.contentType);
}
