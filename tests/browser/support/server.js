// The real server, with a database of its own, on a port of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const DEMO = { user: 'demo@example.com', password: 'reveal-once' };

/** The processes that run. */
const running = new Set();
process.on('exit', () => { for (const child of running) child.kill('SIGKILL'); });
// A test that hangs is ended by this signal, and leaves no server behind.
process.once('SIGTERM', () => process.exit(143));

/** Starts a server with an empty database, and with these flags besides. */
export async function startServer(...flags) {
  const directory = await mkdtemp(join(tmpdir(), 'keylatch-page-'));
  const server = new Server(directory, flags);
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

class Server {
  #directory;
  #child;
  #address = '127.0.0.1:0';
  #flags;
  url;

  constructor(directory, flags) {
    this.#directory = directory;
    this.#flags = flags;
    this.database = join(directory, 'keys.db');
  }

  /** Starts it, the second time on the same port with the same database. */
  async start() {
    const bin = process.env.KEYLATCH_SERVER_BIN;
    if (!bin) throw new Error('KEYLATCH_SERVER_BIN is not set. Run “cargo xtask test browser”, or set it to the keylatch-server that is to be tested.');
    const www = this.#flags.includes('--www') ? [] : ['--www', 'www'];
    const args = ['--listen', this.#address, '--database', this.database, '--demo', '--pkg', 'pkg', ...www, ...this.#flags];
    let log = '';
    this.#child = spawn(bin, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const child = this.#child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    child.on('error', (error) => { log += error.message; });
    this.#child.stderr.on('data', (data) => { log += data; });
    for await (const line of createInterface({ input: this.#child.stdout })) {
      const url = /^keylatch-server listening on (\S+)$/.exec(line)?.[1];
      if (!url) continue;
      this.url = url;
      this.#address = new URL(url).host;
      this.#child.stdout.resume();
      return;
    }
    throw new Error(`The server did not start:\n${log}`);
  }

  /** Ends it at once, as a crash would. */
  async kill() {
    if (!this.#child?.pid || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    process.kill(this.#child.pid, 'SIGKILL');
    await exit;
  }

  /** Ends it and removes its database. */
  async stop() {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** The REST API over a session of its own: sets things up without the page. */
  async api() {
    const session = await fetch(`${this.url}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(DEMO),
    });
    if (!session.ok) throw new Error(`The demo account could not sign in: ${await session.text()}`);
    const cookie = session.headers.get('set-cookie').split(';')[0];
    return async (method, path, body) => {
      const response = await fetch(this.url + path, {
        method,
        headers: { cookie, ...body && { 'content-type': 'application/json' } },
        body: body && JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
      return text ? JSON.parse(text) : undefined;
    };
  }

  /** The status of a call that a program makes with a key. */
  async statusWith(secret) {
    const response = await fetch(`${this.url}/v1/account`, { headers: { authorization: `Bearer ${secret}` } });
    await response.arrayBuffer();
    return response.status;
  }
}
