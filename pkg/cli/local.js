// check, headers, providers: what takes no request.

import { authHeaders, checkKey, maskKey } from '../entries/offline.js';
import { providers } from '../core/providers.js';
import { hidden, input, warnOfInline } from './ask.js';
import { credentialFor, providerOf } from './client.js';
import { print, printJson, style, table } from './print.js';

/** @param {any} options */
export async function check(options) {
  const provider = providerOf(options);
  const [given] = options.positionals;
  if (given !== undefined && given !== '-') warnOfInline();
  const text = given !== undefined && given !== '-' ? given : process.stdin.isTTY ? await hidden('API key') : await allInput();
  const result = checkKey(provider, text);
  if (!result.ok) process.exitCode = 1;
  const fixed = result.ok || result.fixed === undefined ? undefined : maskKey(result.fixed);
  if (options.json) return printJson(fixed === undefined ? result : { ...result, fixed });
  if (result.ok) {
    const sure = { documented: 'It has the format', observed: 'It has the observed format', unknown: 'Nothing is certainly wrong with it as one' }[result.certainty];
    print(`${style('green', 'ok')}  ${sure} of a key for ${provider.title}.`);
    for (const { message } of result.warnings ?? []) print(message);
    return;
  }
  for (const { message, index } of result.problems) print(`${style('red', `at ${index}`)}  ${message}`);
  if (fixed !== undefined) print(`The key in it is ${fixed}.`);
  if (result.looksLike.length) print(`It does look like a key for ${result.looksLike.join(' or ')}.`);
}

/** All of standard input: a check must see white space and line breaks; only the last line's end is not the person's. */
async function allInput() {
  return (await input(() => false)).replace(/\r?\n$/, '');
}

/** @param {any} options */
export async function headers(options) {
  const provider = providerOf(options);
  const credential = await credentialFor(options);
  const found = authHeaders(provider, credential.secret, { scheme: options.scheme ?? credential.scheme });
  if (options.json) return printJson(found);
  for (const [name, value] of Object.entries(found)) print(`${name}: ${value}`);
}

/** @param {any} options */
export async function providersCommand({ json }) {
  // Of the others only the look of their keys is known.
  const all = providers().filter(({ formatOnly }) => !formatOnly);
  if (json) return printJson({ providers: all });
  const rows = all.map((provider) => {
    const { env = [], files = [], login } = /** @type {any} */ (provider);
    const places = [...env, ...files.map((/** @type {any} */ file) => file.path), ...(login ? ['browser login'] : [])];
    const can = Object.entries(provider.capabilities).filter(([name, can]) => can && ['create', 'list', 'rotate', 'revoke', 'delete'].includes(name));
    return [provider.id, provider.title, places.join(', '), can.map(([name]) => name).join(' ') || `by hand: ${provider.keysPage}`];
  });
  print(table(['ID', 'SERVICE', 'KEY IN', 'COMMANDS'], rows));
}

