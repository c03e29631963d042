// Completion scripts, from the same table as the parser and the help.

import { providers } from '../core/providers.js';
import { COMMANDS, OPTIONS } from './commands.js';
import { groups, wordsAfter } from './names.js';
import { choicesOf } from './values.js';

/** @param {string} shell */
export function completion(shell) {
  return /** @type {Record<string, () => string>} */ ({ bash, zsh, fish })[shell]?.();
}

const ids = () => providers().filter(({ formatOnly }) => !formatOnly).map(({ id }) => id);
/** @param {string} command */
const flags = (command) => [...COMMANDS[command].options, 'help'].map((option) => `--${option}`);
/** The next words of a command, whose first ones are `group`. @param {string} group @returns {[string, string][]} */
const wordsOf = (group) => [...wordsAfter(group).map(([word, summary]) => /** @type {[string, string]} */ ([word, summary])), ...(group === '' ? OWN : [])];
/** @type {[string, string][]} */
const OWN = [['completion', 'print a completion script'], ['help', 'show help'], ['version', 'print the version']];
/** Options that take a file. */
const FILES = ['output', 'pepper-file'];
/** What an option of a command takes, where it is one of a few words. @param {string} option @param {string} command */
const choices = (option, command) => (option === 'provider' ? ids() : choicesOf(option, command))?.join(' ');

function bash() {
  const names = wordsOf('').map(([word]) => word).join(' ');
  const next = groups().map((group) => `    "${group}") words="${wordsOf(group).map(([word]) => word).join(' ')}" ;;`);
  const cases = Object.keys(COMMANDS).map((name) => `    "${name} "*) words="${flags(name).join(' ')}" ;;`);
  const values = Object.entries(COMMANDS).flatMap(([name, { options }]) => options.flatMap((option) => {
    const words = choices(option, name);
    return words ? [`    "${name}"*" --${option} "${option === 'provider' ? `|"${name}"*" -p "` : ''}) COMPREPLY=($(compgen -W "${words}" -- "$word")); return ;;`] : [];
  }));
  return `# keylatch completion for bash
_keylatch() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words="" line="\${COMP_WORDS[*]:1:COMP_CWORD-1}"
  case "$line " in
${values.join('\n')}
  esac
  case "$before" in
    --output|-o|--pepper-file) COMPREPLY=($(compgen -f -- "$word")); return ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")); return ;;
    help) COMPREPLY=($(compgen -W "${names} json" -- "$word")); return ;;
  esac
  case "$line" in
${next.join('\n')}
  esac
  case "$line " in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _keylatch keylatch
`;
}

function zsh() {
  const quote = (/** @type {string} */ text) => text.replace(/'/g, "'\\''").replace(/[[\]:]/g, '\\$&');
  const value = (/** @type {string} */ option, /** @type {string} */ name) => {
    const words = choices(option, name);
    return FILES.includes(option) ? ':file:_files' : words ? `:${option}:(${words})` : `:${OPTIONS[option].value}: `;
  };
  const next = groups().map((group) => `    '${group}') commands=(${wordsOf(group).map(([word, summary]) => `'${word}:${quote(summary)}'`).join(' ')}) ;;`);
  const cases = Object.entries(COMMANDS).map(([name, { options }]) => {
    const specs = [...options, 'help'].map((option) => `'--${option}[${quote(OPTIONS[option].help)}]${OPTIONS[option].type === 'string' ? value(option, name) : ''}'`);
    const words = name.split(' ').length;
    // What stands before the options is one word to _arguments.
    return `    '${name} '*) words=("\${(@)words[${words + 1},-1]}"); (( CURRENT -= ${words} )); _arguments ${specs.join(' ')} ;;`;
  });
  return `#compdef keylatch
_keylatch() {
  local -a commands
  local line="\${(j: :)words[2,CURRENT-1]}"
  case "$line" in
${next.join('\n')}
  esac
  if (( $#commands )); then _describe command commands; return; fi
  case "$line " in
${cases.join('\n')}
    'completion '*) _values shell bash zsh fish ;;
  esac
}
# Loaded by its name, this is the function itself and was called for an answer.
if [ "$funcstack[1]" = _keylatch ]; then _keylatch "$@"; else compdef _keylatch keylatch; fi
`;
}

function fish() {
  const quote = (/** @type {string} */ text) => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const lines = [
    '# keylatch completion for fish',
    'function __keylatch_at',
    '  set -l typed (commandline -opc)',
    '  test "$typed[2..-1]" = "$argv"',
    'end',
    'function __keylatch_in',
    '  set -l typed (commandline -opc)',
    '  string match -q -- "$argv *" "$typed[2..-1] "',
    'end',
    'complete -c keylatch -f',
  ];
  for (const group of groups()) {
    for (const [word, summary] of wordsOf(group)) lines.push(`complete -c keylatch -n '__keylatch_at ${group}' -a ${word} -d ${quote(summary)}`);
  }
  for (const [name, { options }] of Object.entries(COMMANDS)) {
    for (const option of [...options, 'help']) {
      const { type, help } = OPTIONS[option];
      const words = choices(option, name);
      const takes = type === 'boolean' ? '' : FILES.includes(option) ? ' -r -F' : ` -x${words ? ` -a ${quote(words)}` : ''}`;
      lines.push(`complete -c keylatch -n '__keylatch_in ${name}' -l ${option} -d ${quote(help)}${takes}`);
    }
  }
  lines.push(`complete -c keylatch -n '__keylatch_at completion' -a 'bash zsh fish'`);
  return `${lines.join('\n')}\n`;
}
