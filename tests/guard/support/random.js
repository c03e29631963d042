// Random changes and requests at keylatch-server and guards before it, against what a model of a few
// lines says of each.

import assert from 'node:assert/strict';

import { dice } from './dice.js';
import { served } from './served.js';
import { bearer } from './table.js';

const SCOPES = ['read', 'write'];
const OWNERS = ['cust_0', 'cust_1', 'cust_2'];
const ADDRESSES = ['10.1.2.3', '10.200.0.1', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8::7', '2001:db8:1::', '::1', undefined];
/** And which of the addresses are in it. */
const NETWORKS = { '10.0.0.0/8': [0, 1, 2], '10.1.0.0/16': [0, 2], '192.0.2.7': [3], '2001:db8::/47': [4, 5], '2001:db8::7': [4], '::/0': [4, 5, 6], '0.0.0.0/0': [0, 1, 2, 3] };
/** For how many seconds every other guard keeps an answer. */
const FRESH = 0.05;

/** What a holder is told at a moment, in the order of the checks. */
function standing({ end, revoked, disabled, networks, scopes }, { needed, from }, now) {
  if (end <= now) return 'expired';
  if (revoked) return 'revoked';
  if (disabled) return 'disabled';
  if (networks.length > 0 && !networks.some((network) => NETWORKS[network].includes(from))) return 'address_refused';
  return needed.every((scope) => scopes.includes(scope)) ? 'ok' : 'insufficient_scope';
}

/**
 * So many requests at so many processes, with two guards at each: one asks each time, one keeps what it was told. Where there
 * are several, none keeps what it knows of keys, so that a change is known to all at once: how long it takes otherwise, other tests
 * measure.
 */
export async function agree(t, { requests, processes, seed }) {
  const { one, chance, below } = dice(seed);
  const app = await served(t, { processes, flags: processes > 1 ? ['--check-cache', '0'] : [] });
  const guards = app.urls.flatMap((_, at) => [{ guard: app.guard(at, { fresh: 0 }), kept: 0 }, { guard: app.guard(at, { fresh: FRESH }), kept: 1000 * FRESH }]);
  const anywhere = () => below(processes);
  const quota = Math.ceil(requests / 4);
  const spent = {};
  for (const owner of OWNERS) {
    await app.call('PUT', `/owners/${owner}`, { limits: [{ name: 'calls', kind: 'quota', limit: quota, refill: 'never' }] });
    spent[owner] = 0;
  }
  const fresh = async (isBrief = chance(0.1)) => {
    const [owner, scopes] = [one(OWNERS), SCOPES.filter(() => chance(0.7))];
    const { id, secret, expires_at } = await app.call('POST', '/keys', { owner, name: 'test', scopes, ...(isBrief && { expires_in: 'PT1S' }) }, anywhere());
    const state = { end: expires_at === null ? Infinity : Date.parse(expires_at), revoked: false, disabled: false, networks: [], scopes };
    return { id, owner, secret, states: [{ since: 0, state }] };
  };
  const now = ({ states }) => states.at(-1).state;
  const change = (key, more) => key.states.push({ since: Date.now(), state: { ...now(key), ...more } });
  const keys = await Promise.all([0, 1, 2, 3, 4, 5].map(() => fresh()));

  /** All that may be said between two moments, when what was known so many milliseconds before may count. */
  const allowed = (key, asked, begin, end, kept) => {
    const { states } = key;
    const could = states.filter((_, at) => at + 1 === states.length || states[at + 1].since >= begin - kept).map(({ state }) => state);
    return new Set(could.flatMap((state) => [standing(state, asked, begin - kept), standing(state, asked, end)]));
  };

  const seen = {};
  const ask = async (key, number) => {
    const asked = { needed: SCOPES.filter(() => chance(0.3)), from: below(ADDRESSES.length) };
    const [address, scopes, cost] = [ADDRESSES[asked.from], asked.needed.length > 0 ? asked.needed : undefined, below(4)];
    const about = () => `request ${number}: ${JSON.stringify(now(key))} for ${JSON.stringify({ asked, cost, spent: spent[key.owner] })}`;

    const { guard, kept } = one(guards);
    const begin = Date.now();
    const found = await guard.authenticate(bearer(key.secret), { scopes, address, cost }).then(() => 'ok', (error) => error.reason ?? error.code);
    const may = allowed(key, asked, begin, Date.now(), kept);
    // Servers and guards hold parts of a quota, so the last of it may be somewhere else.
    assert.ok(may.has(found) || (found === 'quota_exceeded' && may.has('ok') && cost > 0 && spent[key.owner] > quota / 4), `${found}, ${about()}`);
    if (found === 'ok') spent[key.owner] += cost;
    assert.ok(spent[key.owner] <= quota, about());

    // The server says the same where it decides about scopes and addresses itself.
    const before = Date.now();
    const { code } = await app.as(app.manager, 'POST', '/v1/verify', { key: key.secret, scopes, ip: address, cost: 0 }, anywhere());
    assert.ok(allowed(key, asked, before, Date.now(), 0).has({ valid: 'ok', ip_refused: 'address_refused' }[code] ?? code), `${code}, ${about()}`);
    seen[found] = (seen[found] ?? 0) + 1;
  };

  for (let number = 0; number < requests; number++) {
    const at = below(keys.length);
    if ((now(keys[at]).revoked || now(keys[at]).end < Date.now()) && chance(0.5)) keys[at] = await fresh();
    const key = keys[at];
    if (chance(0.005)) {
      await app.call('POST', `/owners/${key.owner}/revoke`, undefined, anywhere());
      for (const other of keys.filter(({ owner }) => owner === key.owner)) change(other, { revoked: true });
    } else if (chance(0.02)) {
      await app.call('POST', `/keys/${key.id}/revoke`, undefined, anywhere());
      change(key, { revoked: true });
    } else if (!now(key).revoked && now(key).end > Date.now() + 60_000 && chance(0.3)) {
      const more = { disabled: chance(0.2), networks: chance(0.5) ? [] : Object.keys(NETWORKS).filter(() => chance(0.3)), scopes: SCOPES.filter(() => chance(0.7)) };
      await app.call('PATCH', `/keys/${key.id}`, { disabled: more.disabled, allowed_addresses: more.networks, scopes: more.scopes }, anywhere());
      change(key, more);
    }
    await ask(key, number);
  }
  // However quick the requests were and wherever parts of a quota are, one is used up, and one key has come to its end by itself.
  const spender = await fresh(false);
  while (!seen.quota_exceeded) await ask(spender, requests);
  const brief = await fresh(true);
  while (now(brief).end >= Date.now()) await new Promise((resolve) => setTimeout(resolve, 50));
  await ask(brief, requests);
  assert.deepEqual(Object.keys(seen).sort(), ['address_refused', 'disabled', 'expired', 'insufficient_scope', 'ok', 'quota_exceeded', 'revoked'], JSON.stringify(seen));
  assert.ok(seen.ok > requests / 10, JSON.stringify(seen));
  await Promise.all(guards.map(({ guard }) => guard.close()));
}
