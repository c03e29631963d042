// keylatch-server as guards see it, in memory and by the clock of the test: what its wire
// promises, in a few lines, and every way of being gone.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

import { generateKey } from '../../../pkg/dist/node/index.js';
import { createGuard } from '../../../pkg/dist/node/guard.js';

export const APPLICATION = 'app_0123456789abcdefghij';
export const CREDENTIAL = generateKey(prefixed('kl_mgmt_')).expose();

/** What the keys of an application look like. */
export function prefixed(prefix) {
  return { parts: [prefix, { alphabet: 'base62', length: 30 }, { checksum: 'crc32', covers: 'all', length: 6 }], certainty: 'documented' };
}

/** A server that runs until the test is over. */
export async function standIn(t, options) {
  const server = new StandIn(options);
  await server.start();
  t.after(() => server.stop());
  return server;
}

export class StandIn {
  /** What was asked, in order: `[path, body]`. */
  asked = [];
  /** What becomes of the next requests: see `#fail`; of what is not there, they hang. */
  gone;
  /** So many reports arrive, and their answers do not. */
  loses = 0;
  onReport = () => {};
  headers = {};
  freshSeconds = 60;
  #keys = new Map();
  #owners = new Map();
  #limits = new Map();
  #guards = new Map();
  #block;
  #leaseSeconds;
  #server;
  #credential = CREDENTIAL;

  /** @param {{ block?: number, leaseSeconds?: number }} [options] of leases */
  constructor({ block = 10, leaseSeconds = 60 } = {}) {
    this.#block = block;
    this.#leaseSeconds = leaseSeconds;
  }

  async start() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** A guard that asks it. */
  guard(options = {}) {
    return createGuard({ application: APPLICATION, credential: this.#credential, baseUrl: this.url, ...options });
  }

  /** Takes another management key from now on. */
  takes(credential) {
    this.#credential = credential;
  }

  /** A key: its text, and what may be changed of it. */
  issue({ owner = 'cust_7', limits = [], ownerLimits = [], ...more } = {}) {
    const text = generateKey(prefixed('acme_live_')).expose();
    const key = {
      id: `key_${randomUUID().slice(0, 8)}`, name: 'nightly', owner, scopes: [], metadata: {}, expires_at: null, environment: 'live',
      allowed_addresses: [], code: 'valid', limits: limits.map((limit) => this.#limit('key', limit)), ...more,
    };
    this.#keys.set(text, key);
    if (!this.#owners.has(owner)) this.#owners.set(owner, { metadata: { plan: 'pro' }, limits: ownerLimits.map((limit) => this.#limit('owner', limit)) });
    return { text, key };
  }

  /** What was used of a limit, as far as the server knows, and what is out on lease. */
  used(name) {
    const limit = [...this.#limits.values()].find((limit) => limit.name === name);
    return { spent: limit.spent, leased: this.#out(limit) };
  }

  /** What was used of all limits of a name. */
  spent(name) {
    return [...this.#limits.values()].filter((limit) => limit.name === name).reduce((sum, { spent }) => sum + spent, 0);
  }

  get reports() {
    return this.asked.filter(([path]) => path.endsWith('/reports')).map(([, body]) => body);
  }

  get verified() {
    return this.asked.filter(([path]) => path === '/v1/verify').map(([, body]) => body);
  }

  #limit(of, limit) {
    const whole = { id: `lim_${this.#limits.size}`, of, spent: 0, uses: [], leases: new Map(), resets: null, ...limit };
    this.#limits.set(whole.id, whole);
    return whole;
  }

  async #serve(request, response) {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text);
    this.asked.push([request.url, body]);
    if (this.gone && (await this.#fail(request, response))) return;
    const send = (status, answer) => response.writeHead(status, { 'Content-Type': 'application/json', ...this.headers }).end(JSON.stringify(answer));
    if (request.headers.authorization !== `Bearer ${this.#credential}`) return send(401, { code: 'unauthorized', detail: 'No.' });
    const [, guard] = /^\/v1\/guards\/(\w+)\/reports$/.exec(request.url) ?? [];
    if (request.url === '/v1/verify') return send(200, this.#verify(body));
    if (!guard) return send(404, { code: 'not_found' });
    const answer = this.#report(guard, body);
    this.onReport();
    if (this.loses-- > 0) return request.socket.destroy();
    send(answer ? 200 : 409, answer ?? { code: 'conflict' });
  }

  /** Whether there is no more to say. */
  async #fail(request, response) {
    const { gone } = this;
    if (typeof gone === 'function') await gone(request);
    // It says again whatever it was told, as some do.
    const said = `${request.headers.authorization} ${JSON.stringify(this.asked.at(-1))}`;
    if (typeof gone === 'number') response.writeHead(gone, { 'x-request-id': said, ...this.headers }).end(JSON.stringify({ code: said, detail: said }));
    if (gone === 'broken') request.socket.destroy();
    if (gone === 'half') response.writeHead(200, { 'Content-Length': 100 }).write('{"valid": tr', () => request.socket.destroy());
    if (gone === 'drips') response.writeHead(200).write('{');
    if (gone === 'garbage') response.end('<html>');
    if (gone === 'another') response.end('{"valid":true,"code":"valid"}');
    if (gone === 'redirect') response.writeHead(302, { Location: '/elsewhere' }).end();
    if (gone === 'endless') endless(response);
    return typeof gone !== 'function';
  }

  #verify({ key: text, guard }) {
    const key = this.#keys.get(text);
    if (!key) return { valid: false, code: 'not_found', limits: [], fresh_seconds: this.freshSeconds };
    const owner = this.#owners.get(key.owner);
    const isOver = key.expires_at !== null && Date.parse(key.expires_at) <= Date.now();
    const code = isOver ? 'expired' : key.code;
    const limits = [...key.limits, ...owner.limits].map((limit) => {
      const lease = limit.kind === 'quota' && !this.#hasLease(limit, guard) ? this.#grant(limit, guard, this.#block) : undefined;
      const { id, name, of, kind, window_seconds } = limit;
      return { id, name, of, kind, limit: limit.limit, window_seconds, ...this.#told(limit), lease };
    });
    const { id, name, scopes, metadata, expires_at, environment, allowed_addresses } = key;
    return {
      valid: code === 'valid', code, key: { id, name, scopes, metadata, expires_at, environment, allowed_addresses },
      owner: { id: key.owner, metadata: owner.metadata }, limits, fresh_seconds: this.freshSeconds,
    };
  }

  #report(guard, { number, uses, want = [], done }) {
    const last = this.#guards.get(guard) ?? { number: 0, answeredAt: -Infinity };
    if (number === last.number) return last.answer;
    if (number !== last.number + 1) return undefined;
    const ids = new Set([...uses, ...want].map(({ limit }) => limit));
    for (const { limit: id, spent } of uses) {
      const limit = this.#limits.get(id);
      if (limit.kind === 'rate') limit.uses.push({ at: Date.now(), spent });
      limit.spent += spent;
      let left = spent;
      for (const lease of this.#leases(limit, guard)) {
        const units = Math.min(left, lease.units);
        lease.units -= units;
        left -= units;
      }
    }
    // A lease that was over when the last report was answered is over for the guard as well, which has told now what it has spent of it.
    for (const limit of this.#limits.values()) limit.leases.set(guard, this.#leases(limit, guard).filter(({ ends }) => ends > last.answeredAt));
    const leases = new Map(want.map(({ limit: id, units }) => [id, this.#grant(this.#limits.get(id), guard, units)]));
    if (done) for (const limit of this.#limits.values()) limit.leases.delete(guard);
    const answer = { number, limits: [...ids].map((id) => ({ limit: id, ...this.#told(this.#limits.get(id)), lease: leases.get(id) })) };
    this.#guards.set(guard, { number, answer, answeredAt: Date.now() });
    return answer;
  }

  #hasLease(limit, guard) {
    return this.#leases(limit, guard).some(({ units, ends }) => units > 0 && ends > Date.now());
  }

  /** Those of a guard, that end first before others. */
  #leases(limit, guard) {
    return limit.leases.get(guard) ?? [];
  }

  /** Some more units. */
  #grant(limit, guard, wanted) {
    const units = Math.min(wanted, this.#left(limit));
    if (units === 0) return undefined;
    limit.leases.set(guard, [...this.#leases(limit, guard), { units, ends: Date.now() + this.#leaseSeconds * 1000 }]);
    return { units, until_seconds: this.#leaseSeconds };
  }

  #left(limit) {
    return Math.max(0, limit.limit - limit.spent - this.#out(limit));
  }

  /** All that is out on lease. */
  #out(limit) {
    return [...limit.leases.values()].flat().reduce((sum, { units }) => sum + units, 0);
  }

  #told(limit) {
    const now = Date.now();
    if (limit.kind === 'rate') {
      const within = limit.uses.filter(({ at }) => now - at < limit.window_seconds * 1000).reduce((sum, { spent }) => sum + spent, 0);
      return { remaining: Math.max(0, limit.limit - within), reset_seconds: limit.window_seconds };
    }
    const reset_seconds = limit.resets === null ? null : Math.max(0, Math.ceil((limit.resets - now) / 1000));
    return { remaining: this.#left(limit), reset_seconds };
  }
}

/** Space without an end. */
function endless(response) {
  const write = () => {
    while (!response.destroyed && response.write(' '.repeat(65_536)));
  };
  response.on('drain', write);
  write();
}
