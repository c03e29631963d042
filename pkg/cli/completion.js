// Completion scripts, from the same table as the parser and the help.

import { providers } from '../core/providers.js';
import { COMMANDS, OPTIONS } from './commands.js';
import { SCHEMES, STATUSES } from './values.js';

/** @param {string} shell */
export function completion(shell) {
  return /** @type {Record<string, () => string>} */ ({ bash, zsh, fish })[shell]?.();
}

const names = () => [...Object.keys(COMMANDS), 'completion', 'help', 'version'];
const ids = () => providers().filter(({ formatOnly }) => !formatOnly).map(({ id }) => id);
/** @param {string} command */
const flags = (command) => [...COMMANDS[command].options, 'help'].map((option) => `--${option}`);

function bash() {
  const cases = Object.keys(COMMANDS).map((name) => `    ${name}) words="${flags(name).join(' ')}" ;;`);
  return `# keylatch completion for bash
_keylatch() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names().join(' ')}" -- "$word")); return
  fi
  case "$before" in
    --provider|-p) COMPREPLY=($(compgen -W "${ids().join(' ')}" -- "$word")); return ;;
    --status) COMPREPLY=($(compgen -W "${STATUSES.join(' ')}" -- "$word")); return ;;
    --scheme) COMPREPLY=($(compgen -W "${SCHEMES.join(' ')}" -- "$word")); return ;;
    --output|-o) COMPREPLY=($(compgen -f -- "$word")); return ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")); return ;;
    help) COMPREPLY=($(compgen -W "${names().join(' ')} json" -- "$word")); return ;;
  esac
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _keylatch keylatch
`;
}

function zsh() {
  const quote = (/** @type {string} */ text) => text.replace(/'/g, "'\\''").replace(/[[\]:]/g, '\\$&');
  const value = (/** @type {string} */ option) =>
    ({ provider: `:service:(${ids().join(' ')})`, status: `:status:(${STATUSES.join(' ')})`, scheme: `:scheme:(${SCHEMES.join(' ')})`, output: ':file:_files' })[option] ?? `:${OPTIONS[option].value}: `;
  const cases = Object.entries(COMMANDS).map(([name, { options }]) => {
    const specs = [...options, 'help'].map((option) => `'--${option}[${quote(OPTIONS[option].help)}]${OPTIONS[option].type === 'string' ? value(option) : ''}'`);
    return `    ${name}) _arguments ${specs.join(' ')} ;;`;
  });
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `'${name}:${quote(summary)}'`);
  return `#compdef keylatch
_keylatch() {
  local -a commands=(${commands.join(' ')} 'completion:print a completion script' 'help:show help' 'version:print the version')
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local name="\${words[2]}"
  words=("\${(@)words[2,-1]}"); (( CURRENT-- ))
  case "$name" in
${cases.join('\n')}
    completion) _values shell bash zsh fish ;;
  esac
}
# Loaded by its name, this is the function itself and was called for an answer.
if [ "$funcstack[1]" = _keylatch ]; then _keylatch "$@"; else compdef _keylatch keylatch; fi
`;
}

function fish() {
  const quote = (/** @type {string} */ text) => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const lines = ['# keylatch completion for fish', 'complete -c keylatch -f'];
  for (const [name, { summary }] of Object.entries(COMMANDS)) lines.push(`complete -c keylatch -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`);
  for (const [name, { options }] of Object.entries(COMMANDS)) {
    for (const option of [...options, 'help']) {
      const { type, help } = OPTIONS[option];
      const words = { provider: ids().join(' '), status: STATUSES.join(' '), scheme: SCHEMES.join(' ') }[option];
      const takes = type === 'boolean' ? '' : option === 'output' ? ' -r -F' : ` -x${words ? ` -a ${quote(words)}` : ''}`;
      lines.push(`complete -c keylatch -n '__fish_seen_subcommand_from ${name}' -l ${option} -d ${quote(help)}${takes}`);
    }
  }
  lines.push("complete -c keylatch -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'");
  return `${lines.join('\n')}\n`;
}
