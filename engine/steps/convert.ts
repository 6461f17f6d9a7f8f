// convert: turns the payload from one format into another.
import { type CodecOptions, codecs, type Format } from '../format/codecs.ts';
import { convertedStream, streams } from '../format/records-stream.ts';
import { withPayload } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import type { ConvertConfig } from './config.gen.ts';
import type { PureStepType } from './contract.ts';
import { asStepError } from './expression-step.ts';
import { formatOfPayload, readPayload } from './read-payload.ts';

export const convert: PureStepType<ConvertConfig> = {
  type: 'convert',
  compile: (config) => {
    const { from, to } = config;
    const options = optionsOf(config);
    return (message) => {
      const { payload } = message;
      try {
        const format = from ?? formatOfPayload(payload, 'name it with `from`');
        const stream = streamed(payload, format, to, options);
        if (stream !== undefined) return { kind: 'pass', message: withPayload(message, stream) };
        return { kind: 'pass', message: withPayload(message, converted(payload, format, to, options)) };
      } catch (error) {
        throw asStepError(error);
      }
    };
  },
};

function optionsOf({ xml, csv, namespaces }: ConvertConfig): CodecOptions {
  return {
    xml: { ...xml, ...(namespaces === undefined ? {} : { namespaces }) },
    ...(csv === undefined ? {} : { csv }),
  };
}

/** Records of a large payload are converted as they are read. */
function streamed(payload: Payload, from: Format, to: Format, options: CodecOptions): Payload | undefined {
  const { content } = payload;
  if (content === undefined || !streams(from, to)) return undefined;
  const open = (signal: AbortSignal) => convertedStream(content.open(signal), from, to, options);
  return Payload.ofContent({ size: undefined, open }, codecs[to].contentType);
}

function converted(payload: Payload, from: Format, to: Format, options: CodecOptions): Payload {
  // Text and bytes are the same content, so neither is base64 of the other.
  const value = readPayload(payload, from === 'binary' && to === 'text' ? 'text' : from, options);
  // JSON stays a value: the next step wants exactly that, and it is encoded when somebody asks for bytes.
  if (to === 'json') return Payload.ofValue(value);
  const writer = codecs[from === 'text' && to === 'binary' ? 'text' : to];
  return Payload.ofBytes(writer.format(value, options), codecs[to].contentType);
}
