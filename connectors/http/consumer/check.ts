// Checks that an HTTP consumer could listen where it wants to.
import type { ConnectorContext } from '../../../engine/connector/index.ts';
import type { HttpConsumerConfig } from '../config.ts';
import { refuse } from './answer.ts';
import { listenerOptions, webhookOptions } from './consumer.ts';
import { isOpen, register } from './listener.ts';

/** Throws PermanentError for settings that cannot work, NotConnectedError when another program has the port. */
export async function checkConsumer(config: HttpConsumerConfig, context: ConnectorContext): Promise<void> {
  const { path, methods, owner } = webhookOptions(config, context);
  const options = listenerOptions(config, context);
  // A server of our own is proof enough: the route itself may be this very consumer's.
  if (isOpen(options)) return;
  const registration = await register(options, {
    path,
    methods,
    owner,
    handle: (request, response) => refuse(request, response, 503),
  });
  await registration.release(0);
}
