// One HTTP server per address in this process, shared by the consumers of every flow and routed by path and method.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { NotConnectedError, PermanentError } from '../../../engine/connector/index.ts';
import { refuse } from './answer.ts';

/** What consumers on one address have to agree on. */
export interface ListenerOptions {
  readonly host: string;
  /** 0: a free one, shared with nobody. */
  readonly port: number;
  readonly tls: (SecureContextOptions & { readonly requestCert: boolean }) | undefined;
  /** Milliseconds within which a request must have arrived as a whole. */
  readonly requestTimeoutMs: number;
}

export interface Route {
  readonly path: string;
  readonly methods: readonly string[];
  /** For messages about clashes: `flow/consumer`. */
  readonly owner: string;
  /** Whose it is, whatever the flow is called now; the owner when absent. */
  readonly holder?: string;
  /** `expectsContinue`: the caller holds the body back until it is asked for. */
  handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void;
}

/** A route's place on a listener. */
export interface Registration {
  /** Scheme, host and port as listened on. */
  readonly origin: string;
  /** From now on callers of the route are told to come again; the server closes with its last route. Resolves when it did. */
  release(graceMs: number): Promise<void>;
}

const headersTimeoutMs = 10_000;
/** Longer than the idle time of common load balancers, so that it is they who close. */
const keepAliveTimeoutMs = 65_000;
/** For so long after a consumer left its callers are told to come again (it may be restarting) instead of 404. */
const departedMs = 30_000;

const listeners = new Map<string, Promise<Listener>>();

/** Whether a server of this process listens there. */
export function isOpen({ host, port }: ListenerOptions): boolean {
  return listeners.has(`${host}:${port}`);
}

/** Adds a route to the address's server, which is started when it is the first. Rejects when the address or the route is taken. */
export async function register(options: ListenerOptions, route: Route): Promise<Registration> {
  const address = `${options.host}:${options.port}`;
  const shared = options.port !== 0;
  let opening = shared ? listeners.get(address) : undefined;
  if (opening === undefined) {
    opening = Listener.open(options, () => listeners.get(address) === opening && listeners.delete(address));
    if (shared) listeners.set(address, opening);
    opening.catch(() => listeners.get(address) === opening && listeners.delete(address));
  }
  return (await opening).add(route, options);
}

class Listener {
  readonly origin: string;
  readonly #server: Server;
  readonly #options: ListenerOptions;
  readonly #onEmpty: () => void;
  readonly #routes = new Map<string, Map<string, Route>>();
  readonly #departed = new Map<string, number>();

  static async open(options: ListenerOptions, onEmpty: () => void): Promise<Listener> {
    const timeouts = {
      requestTimeout: options.requestTimeoutMs,
      headersTimeout: Math.min(headersTimeoutMs, options.requestTimeoutMs),
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, Math.max(10, options.requestTimeoutMs / 4)),
      noDelay: true,
    };
    const server =
      options.tls === undefined
        ? createServer(timeouts)
        : createSecureServer({ ...timeouts, ...options.tls });
    await listen(server, options);
    return new Listener(server, options, onEmpty);
  }

  private constructor(server: Server, options: ListenerOptions, onEmpty: () => void) {
    this.#server = server;
    this.#options = options;
    this.#onEmpty = onEmpty;
    const { port } = server.address() as AddressInfo;
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    this.origin = `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`;
    server.on('request', (request, response) => this.#dispatch(request, response, false));
    server.on('checkContinue', (request, response) => this.#dispatch(request, response, true));
  }

  add(route: Route, options: ListenerOptions): Registration {
    this.#assertAgrees(route, options);
    const methods = this.#routes.get(route.path) ?? new Map<string, Route>();
    for (const method of route.methods) {
      const taken = methods.get(method);
      // The same consumer in a newer version takes its place over; the older one finishes what it has.
      if (taken === undefined || holderOf(taken) === holderOf(route)) continue;
      throw new PermanentError(
        `${method} ${this.origin}${route.path} is taken by ${taken.owner}: choose another path`,
      );
    }
    for (const method of route.methods) methods.set(method, route);
    this.#routes.set(route.path, methods);
    this.#departed.delete(route.path);
    return { origin: this.origin, release: (graceMs) => this.#remove(route, graceMs) };
  }

  #assertAgrees(route: Route, options: ListenerOptions): void {
    const mine = JSON.stringify([this.#options.tls, this.#options.requestTimeoutMs]);
    if (JSON.stringify([options.tls, options.requestTimeoutMs]) === mine) return;
    const [first] = [...this.#routes.values()].flatMap((methods) => [...methods.values()]);
    throw new PermanentError(
      `${route.owner} and ${first?.owner} share ${this.origin}, so \`tls\` and \`requestTimeout\` must be the same: change them or the port`,
    );
  }

  async #remove(route: Route, graceMs: number): Promise<void> {
    const methods = this.#routes.get(route.path);
    for (const method of route.methods) if (methods?.get(method) === route) methods.delete(method);
    if (methods === undefined || methods.size === 0) {
      this.#routes.delete(route.path);
      this.#departed.set(route.path, Date.now());
    }
    if (this.#routes.size > 0) return;
    this.#onEmpty();
    await close(this.#server, graceMs);
  }

  #dispatch(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const url = request.url ?? '';
    const query = url.indexOf('?');
    const path = query === -1 ? url : url.slice(0, query);
    const methods = this.#routes.get(path);
    const route = methods?.get(request.method ?? '');
    if (route !== undefined) route.handle(request, response, expectsContinue);
    else if (methods !== undefined) refuse(request, response, 405, { allow: [...methods.keys()].join(', ') });
    else if (this.#hasDeparted(path)) refuse(request, response, 503, { 'retry-after': '5' });
    else refuse(request, response, 404);
  }

  #hasDeparted(path: string): boolean {
    const since = this.#departed.get(path);
    if (since === undefined) return false;
    if (Date.now() - since < departedMs) return true;
    this.#departed.delete(path);
    return false;
  }
}

function holderOf({ owner, holder }: Route): string {
  return holder ?? owner;
}

function listen(server: Server, { host, port }: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const options = { cause: error };
  switch (error.code) {
    case 'EADDRINUSE':
      return new NotConnectedError(
        `another program listens on ${host}:${port}: stop it or choose another port`,
        options,
      );
    case 'EACCES':
      return new PermanentError(
        `no permission to listen on ${host}:${port}: ports below 1024 are often reserved`,
        options,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new PermanentError(
        `${host} is not an address of this machine: 127.0.0.1 is reached from here, 0.0.0.0 from everywhere`,
        options,
      );
    default:
      return new NotConnectedError(`cannot listen on ${host}:${port}: ${error.message}`, options);
  }
}

/** Stops accepting, lets requests in flight finish, cuts what is left after the grace time. */
async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
