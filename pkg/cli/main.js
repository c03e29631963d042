// From the command line to a command, and from an error to a sentence and an
// exit code.

import { parseArgs } from 'node:util';

import { version } from '#data-node';

import { KeylatchError } from '../core/errors.js';
import { Declined } from './ask.js';
import { givenAddress, nameOfAddress, providerOf } from './client.js';
import { COMMANDS, OPTIONS } from './commands.js';
import { warnOfEnd } from './ending.js';
import { commandHelp, groupHelp, jsonHelp, overview } from './help.js';
import { completion } from './completion.js';
import { nameIn, wordsAfter } from './names.js';
import { nearest } from './nearest.js';
import { print, say, style } from './print.js';
import { isErrorTold } from './stdout.js';
import { refuseOddAddress, understood } from './values.js';
import { causeOf, inOwnWords } from './words.js';

/** Exit codes; documented in help.js. */
const DONE = 0, REFUSED = 1, WRONG_USE = 2, NO_CREDENTIAL = 3, INTERRUPTED = 130;

const USE = ['invalid_argument', 'invalid_provider', 'unknown_provider', 'insecure_url'];

/** Wrong use of the command. */
class UseError extends Error {}

/** @param {string[]} args @returns {Promise<number>} */
export async function main(args) {
  // Whatever reads the output may have had enough: `keylatch list | head -1`.
  process.stdout.on('error', (error) => {
    if (isErrorTold()) return;
    const { code } = /** @type {any} */ (error);
    if (code === 'EPIPE') process.exit(process.exitCode ?? DONE);
    say(`keylatch: the output could not be written (${code}).`);
    process.exit(REFUSED);
  });
  /** @type {{ options: any }} What was asked for, once it is known. */
  const asked = { options: {} };
  try {
    return await dispatch(args, asked);
  } catch (error) {
    return report(error, before(args).includes('--json'), asked.options);
  }
}

/** What is meant for keylatch: behind two dashes stands another program. @param {string[]} args */
const before = (args) => (args.includes('--') ? args.slice(0, args.indexOf('--')) : args);

/** @param {string[]} args @param {{ options: any }} asked */
async function dispatch(args, asked) {
  const [first, ...after] = args;
  const wantsHelp = before(after).some((arg) => ['--help', '-h'].includes(arg));
  if (first === undefined || first === '--help' || first === '-h') return show(overview());
  if (['version', '--version', '-V', '-v'].includes(first)) return show(wantsHelp ? 'keylatch version: print the version' : `keylatch ${version}`);
  if (first === 'help') return wantsHelp ? show(overview()) : help(after);
  if (first === 'completion') return show(wantsHelp || after[0] === undefined ? commandHelp('completion') : scriptFor(after[0]));
  const name = nameIn(args);
  const rest = args.slice(name.split(' ').length);
  const command = COMMANDS[name];
  if (!command) return several(name, name === '' ? args : rest, wantsHelp);
  if (wantsHelp) return show(commandHelp(name));
  const { values, positionals } = parse(name, command, rest);
  const [least, most] = command.arguments ?? [0, 0];
  if (positionals.length < least || positionals.length > most) {
    throw new UseError(`usage: keylatch ${command.usage}. Run keylatch ${name} --help.`);
  }
  // Where a key is read from, it is written to and removed from as well.
  const profile = values.profile ?? (process.env.KEYLATCH_PROFILE || undefined);
  asked.options = values;
  asked.options = { ...understood(values, name), ...(command.provider && { provider: command.provider }), otherKeys: command.otherKeys, profile, positionals };
  if (command.options.includes('base-url')) refuseOddAddress(asked.options);
  await command.run(asked.options);
  // Whoever reads JSON reads no sentences.
  if (!asked.options.json) warnOfEnd();
  return Number(process.exitCode ?? DONE);
}

/** @param {string} name @param {import('./commands.js').Command} command @param {string[]} args */
function parse(name, command, args) {
  const options = Object.fromEntries([...command.options, 'help'].map((option) => [option, OPTIONS[option]]));
  try {
    return parseArgs({ args: [...joined(before(args), options), ...args.slice(before(args).length)], options, allowPositionals: true, strict: true });
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    if (!String(code).startsWith('ERR_PARSE_ARGS')) throw error;
    // Node repeats the argument, which may hold a key, in quotes.
    const option = /--[a-z-]+/.exec(message)?.[0] ?? '';
    const takes = OPTIONS[option.slice(2)]?.type === 'string' ? 'needs a value, which does not begin with a dash' : 'takes no value';
    const what = code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' ? `${option} ${takes}` : message.split('. ')[0].replace(/'(--?[a-z-]*)[^']*'/gi, "'$1'");
    const meant = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && nearest(option.slice(2), Object.keys(options));
    throw new UseError(`${what}. ${meant ? `Did you mean --${meant}?` : `Run keylatch ${name} --help.`}`);
  }
}

/**
 * A lone dash is a value: standard input for a key, standard output for one.
 * Node takes it for an argument.
 * @param {string[]} args @param {typeof OPTIONS} options
 */
function joined(args, options) {
  const takesValue = (/** @type {string | undefined} */ arg) =>
    Object.entries(options).find(([name, { type, short }]) => type === 'string' && (arg === `--${name}` || (short !== undefined && arg === `-${short}`)))?.[0];
  return args.flatMap((arg, index) => {
    if (arg === '-' && takesValue(args[index - 1])) return [];
    return args[index + 1] === '-' && takesValue(arg) ? [`--${takesValue(arg)}=-`] : [arg];
  });
}

/** @param {string[]} topics the words of a command, if it has several */
function help(topics) {
  const [topic] = topics;
  if (topic === undefined || topic === 'help') return show(overview());
  if (topic === 'json') return show(jsonHelp());
  if (topic === 'version') return show('keylatch version: print the version');
  const name = topic === 'completion' ? topic : nameIn(topics);
  if (COMMANDS[name] || name === 'completion') return show(commandHelp(name));
  return several(name, topics.slice(name === '' ? 0 : name.split(' ').length), true);
}

/** What stands for several commands, or for none. @param {string} name @param {string[]} rest @param {boolean} wantsHelp */
function several(name, rest, wantsHelp) {
  const [word] = rest;
  if (name === '' || (word !== undefined && !word.startsWith('-'))) throw unknownCommand(name, word);
  if (wantsHelp) return show(groupHelp(name));
  throw new UseError(`usage: keylatch ${name} <command>. The commands are ${wordsAfter(name).map(([next]) => next).join(', ')}.`);
}

/** @param {string} group @param {string} word */
function unknownCommand(group, word) {
  const own = group === '' ? ['completion', 'help', 'version'] : [];
  const before = group && `${group} `;
  if (word.startsWith('-')) return new UseError('options stand after the command. Run keylatch --help.');
  const meant = nearest(shown(word), [...wordsAfter(group).map(([name]) => name), ...own]);
  return new UseError(`there is no command "${before}${shown(word)}". ${meant ? `Did you mean ${before}${meant}?` : `Run keylatch ${before}--help.`}`);
}

/** @param {string} shell */
function scriptFor(shell) {
  const script = completion(shell);
  if (script === undefined) throw new UseError('completion is for bash, zsh and fish.');
  return script;
}

/** @param {unknown} error @param {boolean} json @param {any} options */
function report(error, json, options) {
  if (/** @type {any} */ (error)?.interrupted) return INTERRUPTED;
  const known = error instanceof KeylatchError ? error : undefined;
  const code = error instanceof Declined ? 'aborted' : error instanceof UseError ? 'invalid_argument' : (known?.code ?? 'internal');
  const message = sentence(error, options);
  const { status, requestId, retryAfter, tried } = /** @type {any} */ (known ?? {});
  if (json) process.stderr.write(`${JSON.stringify({ error: { code, message, status, requestId, retryAfter, tried, cause: known && causeOf(known) } })}\n`);
  else if (error instanceof Declined) say(message);
  else say(code === 'no_credential' && tried ? listed(message, tried, options) : message, `${style('red', 'keylatch:', process.stderr)} `);
  if (code === 'internal' && process.env.KEYLATCH_DEBUG) console.error(error);
  // By a signal, which the work has waited for, or by a program that could not be run.
  if (Number(process.exitCode) > 125) return Number(process.exitCode);
  if (code === 'no_credential' || code === 'invalid_key') return NO_CREDENTIAL;
  return USE.includes(code) ? WRONG_USE : REFUSED;
}

/** @param {unknown} error @param {any} options */
function sentence(error, options) {
  if (error instanceof UseError || error instanceof Declined) return error.message;
  if (!(error instanceof KeylatchError)) return `This is a fault in keylatch: ${/** @type {any} */ (error)?.message ?? 'unknown'}`;
  if (error.code === 'aborted') return 'Interrupted. No key was left behind by this.';
  return inOwnWords(error, { ...whereFrom(options), provider: options.provider });
}

/** The option or variable that says where the service is, and what it says. @param {any} options */
function whereFrom(options) {
  try {
    const provider = providerOf(options);
    const asked = options.positionals?.length === 0 ? (givenAddress(options, provider) ?? provider.baseUrl) : undefined;
    return { address: nameOfAddress(options, provider), asked };
  } catch {
    return { address: '--base-url' };
  }
}

/** @param {string} message @param {{ reason: string, message: string }[]} tried @param {{ explain?: boolean }} options */
function listed(message, tried, { explain }) {
  const head = message.slice(0, message.indexOf(': ') + 1);
  // They stand on the screen already.
  if (explain) return head.replace(/:$/, '.');
  const lines = tried.map((notice) => `  - ${notice.message}`);
  // Where a prompt was refused for want of a terminal, no other command helps.
  const asked = tried.some(({ reason }) => reason === 'not_a_terminal');
  const todo = asked ? 'Give the key by standard input, with --api-key -.' : 'Run keylatch login, or keylatch resolve --explain to see where it looks.';
  return `${head}\n${lines.join('\n')}\n${todo}`;
}

/** What may be repeated of an argument: somebody may have pasted a key. @param {string} text */
function shown(text) {
  return /^[a-z-]{1,16}$/.test(text) ? text : '…';
}

/** @param {string} text */
function show(text) {
  print(text.replace(/\n$/, ''));
  return DONE;
}
