// Three nats-servers that form one JetStream cluster, on the loopback interface.
import path from 'node:path';
import { type DevServer, startServer } from '../../engine/devserver/start-server.ts';
import { testPort } from '../../engine/devserver/test-port.ts';

interface Node {
  readonly name: string;
  readonly port: number;
  readonly routePort: number;
}

export class ServerCluster {
  readonly #directory: string;
  readonly #nodes: readonly Node[];
  readonly #running = new Map<string, DevServer>();

  private constructor(directory: string, nodes: readonly Node[]) {
    this.#directory = directory;
    this.#nodes = nodes;
  }

  static async start(directory: string): Promise<ServerCluster> {
    const nodes: Node[] = [];
    for (const name of ['a', 'b', 'c'])
      nodes.push({ name, port: await testPort(), routePort: await testPort() });
    const cluster = new ServerCluster(directory, nodes);
    await Promise.all(nodes.map((node) => cluster.#start(node)));
    return cluster;
  }

  /** All of them, comma-separated. */
  get url(): string {
    return this.#nodes.map(({ port }) => `nats://127.0.0.1:${port}`).join(',');
  }

  /** SIGKILL, and up again after `downMs`. */
  async restart(name: string, downMs: number): Promise<void> {
    await this.#running.get(name)?.kill();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    await this.#start(this.#nodes.find((node) => node.name === name) as Node);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((server) => server.kill()));
  }

  async #start({ name, port, routePort }: Node): Promise<void> {
    const routes = this.#nodes
      .filter((other) => other.name !== name)
      .map((other) => `"nats-route://127.0.0.1:${other.routePort}"`);
    const server = await startServer({
      storeDir: path.join(this.#directory, `nats-${name}`),
      name,
      port,
      config: `cluster { name: vrsky, listen: "127.0.0.1:${routePort}", routes: [${routes.join(', ')}] }`,
    });
    this.#running.set(name, server);
  }
}
