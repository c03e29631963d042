// The reference of the two commands, made of what they say of themselves.

import { execFileSync } from 'node:child_process';

const says = (/** @type {string} */ program, /** @type {string[]} */ args) =>
  execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', COLUMNS: '100' } }).trim();

const block = (/** @type {string} */ text) => `\`\`\`text\n${text}\n\`\`\``;

/** The command of the package. @param {string} cli its built file */
export function command(cli) {
  const help = (/** @type {string[]} */ ...args) => says(process.execPath, [cli, ...args]);
  const overview = help('--help');
  /** Those that a list has; behind the words of a group, those of the group. @type {(text: string, before: string) => string[]} */
  const names = (text, before) => {
    const [, list] = /\n\n((?: {2}[a-z][^\n]*\n)+)/.exec(text) ?? [];
    return [...(list ?? '').matchAll(/^ {2}([a-z-]+)( <command>)?(?: <\w+>)? {2,}/gm)].flatMap(([, word, isGroup]) => {
      const name = `${before}${word}`;
      return isGroup ? names(help('help', ...name.split(' ')), `${name} `) : [name];
    });
  };
  const all = names(overview, '').filter((name) => name !== 'version');
  if (all.length < 10) throw new Error(`the help of the command lists ${all.length} commands`);
  const commands = all.map((name) => `## keylatch ${name}\n\n${block(help('help', ...name.split(' ')))}`);
  return `# The command keylatch

What \`keylatch --help\` and each command say. [Work from a terminal](../docs/guides/terminal.md) shows them in use.

${block(overview)}

${commands.join('\n\n')}

## What --json prints

${block(help('help', 'json'))}
`;
}

/** The server's program. @param {string} program */
export function serverCommand(program) {
  const commands = [['user'], ['user', 'add'], ['user', 'delete'], ['user', 'sessions'], ['key', 'revoke'], ['doctor']];
  const pages = commands.map((words) => `## keylatch-server ${words.join(' ')}\n\n${block(says(program, [...words, '--help']))}`);
  return `# The command keylatch-server

What \`keylatch-server --help\` says. [To run the server](../docs/operations.md) says what to choose.

${block(says(program, ['--help']))}

${pages.join('\n\n')}
`;
}
