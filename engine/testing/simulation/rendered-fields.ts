// The fields of a connector's configuration that have holes, rendered for each message.
import type { ConnectorContext, JsonObject, JsonValue, MessageTemplate } from '../../connector/contract.ts';
import type { Message } from '../../payload/message.ts';

/** By path: `url`, `headers.x-id`. As the templates render, before a connector encodes them for a URL or a path. */
export type RenderedFields = ReadonlyMap<string, string>;

export function fieldRenderer(
  config: JsonObject,
  context: ConnectorContext,
): (message: Message) => Promise<RenderedFields> {
  const templates = templatesOf(config, context);
  return async (message) => {
    const texts = new Map<string, string>();
    for (const [path, template] of templates) texts.set(path, await template.render(message));
    return texts;
  };
}

function templatesOf(config: JsonObject, context: ConnectorContext): ReadonlyMap<string, MessageTemplate> {
  const found = new Map<string, MessageTemplate>();
  const visit = (value: JsonValue, path: string) => {
    if (typeof value === 'string') {
      if (value.includes('{{')) found.set(path, context.template(value));
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`);
    }
  };
  visit(config, '');
  return found;
}
