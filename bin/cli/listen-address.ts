// A host and a port to listen on, as given on the command line.
import { InvalidArgumentError } from 'commander';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:8090`, `[::1]:8090`. */
export function listenAddress(text: string): ListenAddress {
  const [, host = '', port = ''] = /^(\[[\da-f:]+\]|[\w.-]+):(\d{1,5})$/i.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535)
    throw new InvalidArgumentError('Write a host and a port, such as 0.0.0.0:8090.');
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
