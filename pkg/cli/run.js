// run: another program, with the key in its environment.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import { failure } from '../core/errors.js';
import { credentialFor, providerOf } from './client.js';

/** What shells exit with for a program that is not there, or that cannot be started. */
const NOT_FOUND = 127, NOT_STARTED = 126;

/** @param {any} options */
export async function run(options) {
  const provider = providerOf(options);
  const [name] = /** @type {string[]} */ (provider.env ?? []);
  if (name === undefined) throw failure('invalid_argument', '--provider', `${provider.title} reads no environment variable, so its key cannot be handed over in one.`);
  const { secret, baseUrl, scheme } = await credentialFor(options);
  if (scheme === 'bearer' && provider.schemes[0].type !== 'bearer') throw failure('invalid_argument', '--provider', `what there is for ${provider.title} is a login and no key, and ${name} takes a key. Use keylatch headers.`);
  const [address] = /** @type {string[]} */ (provider.envBaseUrl ?? []);
  const [program, ...args] = options.positionals;
  const env = { ...process.env, [name]: secret.expose(), ...(address && baseUrl !== undefined && { [address]: baseUrl }) };
  process.exitCode = await ended(program, args, env);
}

/** Its exit code. @param {string} program @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Promise<number>} */
function ended(program, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: 'inherit' });
    // The terminal sends its signals to both; others are handed on. What they end is the program's affair.
    const pass = (/** @type {NodeJS.Signals} */ signal) => void (signal === 'SIGINT' || child.kill(signal));
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    for (const signal of signals) process.on(signal, pass);
    const over = () => signals.forEach((signal) => process.off(signal, pass));
    child.once('error', (error) => {
      over();
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      process.exitCode = code === 'ENOENT' ? NOT_FOUND : NOT_STARTED;
      reject(Object.assign(failure('invalid_argument', '', ''), { message: code === 'ENOENT' ? 'There is no such program.' : `The program cannot be started (${code}).` }));
    });
    child.once('exit', (code, signal) => {
      over();
      resolve(code ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)]);
    });
  });
}
