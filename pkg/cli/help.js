// The words of --help.

import { GROUPS } from './app-commands.js';
import { COMMANDS, OPTIONS } from './commands.js';
import { wordsAfter } from './names.js';
import { columns } from './print.js';

const EXITS = `Exit codes:
  0  done
  1  refused by the service, it could not be reached, a file could not be used, or you said no
  2  wrong use
  3  no credential, or one that is certainly no key
  130  interrupted`;

export function overview() {
  const commands = wordsAfter('').map(([word, summary, isGroup]) => [`  ${word}${isGroup ? ' <command>' : ''}`, summary]);
  const more = [['  completion <shell>', 'print a completion script for bash, zsh or fish'], ['  help [command | json]', 'show this, a command, or the form of --json'], ['  version', 'print the version']];
  return `keylatch: API keys, from where they are to where they are needed.

Usage: keylatch <command> [options]

${columns([...commands, ...more])}

A key is looked for in --api-key, the service's environment variable, .env (but
for Modelon), its credentials file, ~/.config/keylatch/credentials.json and a
stored login; the first that has one wins. A variable may name a program that
prints it (command:op read …) or a key of the system's keychain
(keychain:SERVICE/ACCOUNT). It is never shown but by create and rotate (once)
and by headers.

Examples:
  keylatch login --provider luminary
  keylatch create --name "build server" --output .env
  keylatch resolve --provider modelon --explain

${EXITS}

keylatch <command> --help shows its options.`;
}

/** @param {string} name of several commands */
export function groupHelp(name) {
  const rows = wordsAfter(name).map(([word, summary, isGroup]) => [`  ${word}${isGroup ? ' <command>' : ''}`, summary]);
  return `keylatch ${name}: ${GROUPS[/** @type {keyof typeof GROUPS} */ (name)]}

Usage: keylatch ${name} <command> [options]

${columns(rows)}

keylatch ${name} <command> --help shows its options.`;
}

/** @param {string} name */
export function commandHelp(name) {
  if (name === 'completion') {
    return `keylatch completion <shell>: print a completion script for bash, zsh or fish

Examples:
  keylatch completion bash > ~/.local/share/bash-completion/completions/keylatch
  keylatch completion zsh > "\${fpath[1]}/_keylatch"
  keylatch completion fish > ~/.config/fish/completions/keylatch.fish`;
  }
  const { usage, summary, details, options, examples } = COMMANDS[name];
  const rows = [...options, 'help'].map((option) => {
    const { short, value, help } = OPTIONS[option];
    return [`  ${short ? `-${short}, ` : '    '}--${option}${value ? ` ${value}` : ''}`, help];
  });
  return `keylatch ${name}: ${summary}

Usage: keylatch ${usage}
${details ? `\n${details}\n` : ''}
Options:
${columns(rows)}

Examples:
${examples.map((example) => `  ${example}`).join('\n')}`;
}

/** Part of the contract: members are added, never changed. */
export function jsonHelp() {
  return `What --json prints, one JSON document on standard output. Members may be added,
none is changed or removed. Times are RFC 3339; what is not known is left out.

  key         { id, name, status, masked?, scopes, createdAt?, expiresAt?, lastUsedAt?,
                revokedAt?, replacedBy? }; status: active, expired, revoked,
                unknown
  source      { kind, name }; kind: argument, env, command, keychain, dotenv, file, stored-login,
                prompt, login, password
  notice      { reason, message }

  create      { key, secret } or, with --output, { key, output, replaced? }; replaced is masked
  rotate      the same; and warning? { code, message }: old_key_alive, or not_stored with the
              secret, which is the only key and could not be written
  list        { keys: [key] }
  revoke      { key }
  delete      { deleted: id }
  whoami      { provider, account? { id, user? }, valid, source }
  check       { ok, provider, certainty, prefix?, problems? [{ code, message, index }], looksLike? [id], fixed? masked }
  identify    { masked, services [as check] }
  extract     { keys [{ file, line, column, index, length, masked, provider, kind, purpose, certainty, test?, doubtful? }] }
  headers     { "<header name>": "<value>" }
  resolve     { provider, source, masked, baseUrl?, tried: [notice], warnings: [notice] }
  login       { provider, source, stored }
  logout      { provider, removed: [path] }
  app         the keys of applications as key, with owner, metadata and what else there is:
              list { applications }, create, show and change { application }, delete { deleted };
              keys as above, and show { key, limits }, change, disable and enable { key },
              import { imported, skipped, unclear?, refused [{ line, message }] }: unclear
              are those of a lost answer;
              owners list { owners }, show { owner, limits }, set { owner },
              revoke { owner: id, revoked: number };
              management-keys list { keys }, create { key, secret }, revoke { revoked: id }
  providers   { providers: [{ id, title, baseUrl?, env?, files?, capabilities, … }] }

A failure prints { error: { code, message, status?, requestId?, retryAfter?, tried? [notice],
cause? { code?, message } } }
on standard error. The codes are those of KeylatchError.

${EXITS}`;
}
