// From the command line to a command, and from an error to a sentence and an
// exit code.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import '../index.js';
import { failure, KeylatchError } from '../errors.js';
import { COMMANDS, OPTIONS } from './commands.js';
import { commandHelp, jsonHelp, overview } from './help.js';
import { completion } from './completion.js';
import { nearest } from './nearest.js';
import { say, style } from './print.js';

/** Exit codes; documented in help.js. */
const DONE = 0, REFUSED = 1, WRONG_USE = 2, NO_CREDENTIAL = 3, INTERRUPTED = 130;

const USE = ['invalid_argument', 'invalid_provider', 'unknown_provider', 'insecure_url'];

/** Wrong use of the command. */
class UseError extends Error {}

/** @param {string[]} args @returns {Promise<number>} */
export async function main(args) {
  // Who reads the output may have had enough: `keylatch list | head -1`.
  process.stdout.on('error', (error) => {
    const { code } = /** @type {any} */ (error);
    if (code === 'EPIPE') process.exit(process.exitCode ?? DONE);
    say(`keylatch: the output could not be written (${code}).`);
    process.exit(REFUSED);
  });
  try {
    return await dispatch(args);
  } catch (error) {
    return report(error, args.includes('--json'));
  }
}

/** @param {string[]} args */
async function dispatch(args) {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') return print(overview());
  if (name === '--version' || name === '-V') return print(`keylatch ${version()}`);
  if (name === 'help') return help(rest[0]);
  if (name === 'completion') return print(rest[0] === '--help' || rest[0] === undefined ? commandHelp('completion') : scriptFor(rest[0]));
  const command = COMMANDS[name];
  if (!command) throw unknownCommand(name);
  const { values, positionals } = parse(name, command, rest);
  if (values.help) return print(commandHelp(name));
  const [least, most] = command.arguments ?? [0, 0];
  if (positionals.length < least || positionals.length > most) {
    throw new UseError(`usage: keylatch ${command.usage}`);
  }
  // Where a key is read from, it is written to and removed from as well.
  const profile = values.profile ?? (process.env.KEYLATCH_PROFILE || undefined);
  await command.run({ ...values, profile, positionals });
  return Number(process.exitCode ?? DONE);
}

/** @param {string} name @param {import('./commands.js').Command} command @param {string[]} args */
function parse(name, command, args) {
  const options = Object.fromEntries([...command.options, 'help'].map((option) => [option, OPTIONS[option]]));
  // `--api-key -` is standard input; Node takes a lone dash for an argument.
  const joined = args.flatMap((arg, index) => (arg === '-' && args[index - 1] === '--api-key' ? [] : arg === '--api-key' && args[index + 1] === '-' ? ['--api-key=-'] : [arg]));
  try {
    return parseArgs({ args: joined, options, allowPositionals: true, strict: true });
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    if (!String(code).startsWith('ERR_PARSE_ARGS')) throw error;
    // Node repeats the argument, which may hold a key, in quotes.
    const what = message.split('. ')[0].replace(/'(--?[a-z-]*)[^']*'/gi, "'$1'");
    throw new UseError(`${what}. Run keylatch ${name} --help.`);
  }
}

/** @param {string | undefined} topic */
function help(topic) {
  if (topic === undefined) return print(overview());
  if (topic === 'json') return print(jsonHelp());
  if (!COMMANDS[topic] && topic !== 'completion') throw unknownCommand(topic);
  return print(commandHelp(topic));
}

/** @param {string} name */
function unknownCommand(name) {
  const meant = nearest(shown(name), [...Object.keys(COMMANDS), 'completion', 'help']);
  return new UseError(`there is no command "${shown(name)}". ${meant ? `Did you mean ${meant}?` : 'Run keylatch --help.'}`);
}

/** @param {string} shell */
function scriptFor(shell) {
  const script = completion(shell);
  if (script === undefined) throw new UseError('completion is for bash, zsh and fish.');
  return script;
}

/** @param {unknown} error @param {boolean} json */
function report(error, json) {
  if (error instanceof UseError) error = Object.assign(failure('invalid_argument', '', ''), { message: error.message });
  const known = error instanceof KeylatchError ? error : undefined;
  const code = known?.code ?? 'internal';
  const message = known ? known.message : `This is a fault in keylatch: ${/** @type {any} */ (error)?.message ?? 'unknown'}`;
  const { status, requestId, retryAfter, tried } = /** @type {any} */ (known ?? {});
  if (/** @type {any} */ (error)?.interrupted) return INTERRUPTED;
  if (json) process.stderr.write(`${JSON.stringify({ error: { code, message, status, requestId, retryAfter, tried } })}\n`);
  else {
    process.stderr.write(`${style('red', 'keylatch:', process.stderr)} ${code === 'no_credential' && tried ? listed(message, tried) : message}\n`);
    if (!known && process.env.KEYLATCH_DEBUG) console.error(error);
  }
  if (code === 'no_credential' || code === 'invalid_key') return NO_CREDENTIAL;
  return USE.includes(code) ? WRONG_USE : REFUSED;
}

/** @param {string} message @param {{ reason: string, message: string }[]} tried */
function listed(message, tried) {
  const head = message.slice(0, message.indexOf(': ') + 1);
  const lines = tried.map((notice) => `  - ${notice.message}`);
  // Who was to be asked, and could not be, needs no other command.
  const asked = tried.some(({ reason }) => reason === 'not_a_terminal');
  const todo = asked ? 'Give the key by standard input, with --api-key -.' : 'Run keylatch login, or keylatch resolve --explain to see where it looks.';
  return `${head}\n${lines.join('\n')}\n${todo}`;
}

/** What may be repeated of an argument: somebody may have pasted a key. @param {string} text */
function shown(text) {
  return /^[a-z-]{1,16}$/.test(text) ? text : '…';
}

/** @param {string} text */
function print(text) {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return DONE;
}

function version() {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
