// keylatch-server itself: processes that share a database, and an application in it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { createGuard } from '../../../pkg/dist/node/guard.js';
import { startPostgres } from './postgres.js';

/** The processes that run: none outlives the tests. */
const running = new Set();
process.on('exit', () => { for (const child of running) child.kill('SIGKILL'); });
process.once('SIGTERM', () => process.exit(143));

/** So many processes with one PostgreSQL, until the test is over; and an application. */
export async function served(t, { processes = 1, flags = [], ...application } = {}) {
  const bin = process.env.KEYLATCH_SERVER_BIN;
  if (!bin) throw new Error('KEYLATCH_SERVER_BIN is not set. Run `cargo xtask test guard`, or set it to the keylatch-server that is to be tested.');
  const postgres = await startPostgres();
  const children = [];
  t.after(async () => {
    await Promise.all(children.map(end));
    await postgres.stop();
  });
  const { connectionString, host } = postgres.config;
  const database = connectionString ?? `postgres://kl@localhost/postgres?host=${encodeURIComponent(host)}`;
  const urls = [];
  for (let number = 0; number < processes; number++) {
    const child = spawn(bin, ['--listen', '127.0.0.1:0', '--database', database, '--demo', '--log', 'error', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
    running.add(child);
    child.once('exit', () => running.delete(child));
    children.push(child);
    urls.push(await addressOf(child));
  }
  const app = new Application(urls, children);
  await app.begin(application);
  return app;
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function addressOf(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^keylatch-server listening on (\S+)$/.exec(line)?.[1];
    if (!url) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error('the server did not start');
}

class Application {
  #children;
  #cookie;

  constructor(urls, children) {
    this.urls = urls;
    this.#children = children;
  }

  async begin(members) {
    const [url] = this.urls;
    const session = await fetch(`${url}/v1/session`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"user":"demo@example.com","password":"reveal-once"}' });
    this.#cookie = session.headers.getSetCookie()[0].split(';')[0];
    const formats = [{ environment: 'live', prefix: 'acme_live_' }, { environment: 'test', prefix: 'acme_test_' }];
    const { id } = await this.as('person', 'POST', '/v1/applications', { name: 'Acme', formats, ...members });
    this.id = id;
    this.manager = await this.managementKey(['verify', 'keys:create', 'keys:read', 'keys:revoke']);
  }

  /** The secret of a new management key. */
  async managementKey(scopes, more = {}) {
    return (await this.as('person', 'POST', `/v1/applications/${this.id}/management-keys`, { name: 'test', scopes, ...more })).secret;
  }

  /** What a request is answered with; the body, or the problem where it is refused. */
  async as(who, method, path, body, at = 0) {
    const credential = who === 'person' ? { Cookie: this.#cookie } : { Authorization: `Bearer ${who}` };
    const answer = await fetch(this.urls[at] + path, { method, headers: { 'Content-Type': 'application/json', ...credential }, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw Object.assign(new Error(`${method} ${path}: ${answer.status} ${text}`), { status: answer.status });
    return text && JSON.parse(text);
  }

  /** The same within the application, by its management key. */
  call(method, path, body, at) {
    return this.as(this.manager, method, `/v1/applications/${this.id}${path}`, body, at);
  }

  issue(more = {}) {
    return this.call('POST', '/keys', { owner: 'cust_7', name: 'test', ...more });
  }

  /** What a server says of a key, and spends nothing. */
  look(key, at = 0) {
    return this.as(this.manager, 'POST', '/v1/verify', { key, cost: 0 }, at);
  }

  /** A guard that asks one of the processes. */
  guard(at = 0, options = {}) {
    return createGuard({ application: this.id, credential: this.manager, baseUrl: this.urls[at], ...options });
  }

  /** Ends a process at once, as a crash would. */
  kill(at) {
    return end(this.#children[at]);
  }
}
