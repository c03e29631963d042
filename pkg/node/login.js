// Login by browser, here or on another computer, and its renewal.

import { run } from '../client/call.js';
import { outcomeOf } from '../client/task.js';
import { KeylatchError, failure } from '../core/errors.js';
import { unlessAborted } from '../client/shared.js';
import { elsewhere, openBrowser } from './browser.js';
import { byDevice } from './device.js';
import { call, core, described, fileFailed, notice, withBytes, withPacked } from './core.js';
import { listen } from './listener.js';
import { locked } from './lock.js';
import { display, realPath } from './paths.js';
import { readToken, tokenFiles, tryTokens, writeToken } from './tokens.js';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** @typedef {import('./host.js').Setting & { login?: { open?: boolean, timeout?: number, device?: boolean } }} Setting */

/** How long the person has, in milliseconds. */
const PATIENCE = 5 * 60_000;
/** How long a request to the issuer may take, in milliseconds. */
const TIMEOUT = 20_000;
/** A token that ends sooner is renewed now. */
const MARGIN = 30_000;

/** Access tokens are kept in memory only. @type {Map<string, { token: string, refresh: string, ends: number }>} */
const access = new Map();

/** The login of a service, with what the environment says of it. @param {import('./host.js').Setting} setting */
function loginOf({ provider }) {
  const overrides = (provider.login.env ?? []).map((/** @type {string} */ name) => process.env[name] || undefined);
  return call(() => new (core().Login)(described(provider), JSON.stringify(overrides)));
}

/**
 * An access token by the stored login. Under a lock, because of two processes
 * that renew with the same token, one would have an old one.
 * @param {import('./host.js').Setting} setting
 */
export async function renew(setting) {
  const { provider } = setting;
  const first = await readToken(provider);
  if (!first.token) return { path: first.path, notice: first.notice };
  return alone(setting, async () => {
    const { token, path, shared, notice: why } = await readToken(provider);
    if (!token) return { path, notice: why };
    const login = loginOf(setting);
    const known = access.get(login.issuer);
    if (known && known.refresh === token && Date.now() < known.ends - MARGIN) return { text: known.token, path, shared };
    try {
      const tokens = await ask(setting, (way) => withBytes(token, 'secret', (bytes) => login.refresh(way, bytes)));
      const fresh = tokens.refreshToken ?? token;
      if (fresh !== token) await writeToken(provider, fresh);
      remember(login.issuer, tokens, fresh);
      return { text: tokens.accessToken, path, shared };
    } catch (thrown) {
      if (!(thrown instanceof KeylatchError) || thrown.code === 'aborted') throw thrown;
      if (thrown.code === 'unauthorized') return { path, notice: notice('login_expired', path) };
      return { path, notice: notice('login_not_renewed', path, thrown.message.replace(/\.$/, '')) };
    }
  });
}

/**
 * Has the person log in, and keeps the login.
 * @param {Setting} setting
 */
export async function logIn(setting) {
  const { provider } = setting;
  // Nobody is sent to log in for a token that could not be kept.
  await alone(setting, () => tryTokens(provider));
  const text = await tokensFor(loginOf(setting), provider.login.ports, setting, async (login, tokens) => {
    if (tokens.refreshToken === undefined) throw failure(/** @type {any} */ ('bad_response'), login.issuer, 'it gave no refresh token.');
    await alone({ provider }, () => writeToken(provider, tokens.refreshToken));
    remember(login.issuer, tokens, tokens.refreshToken);
    return tokens.accessToken;
  });
  return { text, path: display(tokenFiles(provider)[0]) };
}

/**
 * Sends the person to the issuer, waits until they have logged in, and has the
 * tokens put away before they are told so.
 * @template T
 * @param {any} login of the WebAssembly @param {number[]} ports that the browser may come back to
 * @param {Setting} setting @param {(login: any, tokens: any) => Promise<T>} keep
 * @returns {Promise<T>}
 */
export async function tokensFor(login, ports, setting, keep) {
  const { say, signal, login: { device = false, open = true, timeout } = {} } = setting;
  const send = (/** @type {(way: any) => Promise<any>} */ work) => ask(setting, work);
  if (device) return keep(login, await byDevice(login, send, { timeout, say, signal }));
  const listener = await listen(ports);
  try {
    const url = call(() => login.authorizeUrl(listener.redirect));
    const state = String(new URL(url).searchParams.get('state'));
    const back = listener.callback(state, async (query) => {
      call(() => withPacked(query, (bytes) => login.callback(bytes)));
      return keep(login, await send((way) => login.exchange(way, listener.redirect)));
    });
    back.catch(() => {});
    const away = elsewhere(listener.port);
    const late = (/** @type {string} */ why) => say(`The browser did not open (${why}). Open the address yourself.`);
    const opened = open && !away?.isSsh && (await openBrowser(url, late));
    const how = opened ? 'Your browser has been opened to visit the following URL' : 'Open the following URL in your browser';
    say(`\nInteractive login required. ${how}: ${url}\n`);
    if (away && !opened) say(`${away.advice}\n`);
    return await within(back, timeout ?? PATIENCE, login.issuer, signal);
  } finally {
    listener.close();
  }
}

/** The service refused an access token, whatever its expiry says. */
export const dropAccess = () => access.clear();

/** Ends the login on this computer. @param {any} provider */
export async function forget(provider) {
  const { token, path } = await readToken(provider);
  await alone({ provider }, () => writeToken(provider, undefined));
  access.clear();
  return token === undefined ? undefined : path;
}

/** @param {import('./host.js').Setting} setting @param {(way: any) => any} work begins a request of the WebAssembly's */
function ask({ signal }, work) {
  return run({ timeout: TIMEOUT, signal }, (way) => outcomeOf(call(() => work(way))));
}

/** @param {string} issuer @param {any} tokens @param {string} refresh */
function remember(issuer, { accessToken, expiresIn }, refresh) {
  const ends = expiresIn === undefined ? expiry(accessToken) : Date.now() + expiresIn * 1000;
  if (ends !== undefined) access.set(issuer, { token: accessToken, refresh, ends });
}

/** When a JWT says that it ends. It is not ours to verify. @param {string} token */
function expiry(token) {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

/** @template T @param {{ provider: any, signal?: AbortSignal }} setting @param {() => Promise<T>} work */
async function alone({ provider, signal }, work) {
  const [documented] = tokenFiles(provider);
  const path = (await realPath(documented)).at ?? documented;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return await locked(`${path}.login`, work, signal);
  } catch (thrown) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (thrown);
    if (/^E[A-Z]+$/.test(code ?? '')) throw fileFailed(notice('file_unwritable', display(path), String(code)));
    throw thrown;
  }
}

/** @template T @param {Promise<T>} promise @param {number} milliseconds @param {string} issuer @param {AbortSignal} [signal] @returns {Promise<T>} */
async function within(promise, milliseconds, issuer, signal) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(failure('timeout', `The login at ${issuer}`, String(milliseconds))), milliseconds);
  });
  try {
    return await unlessAborted(Promise.race([promise, limit]), signal);
  } finally {
    clearTimeout(timer);
  }
}
