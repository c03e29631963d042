// The README is run, so that it cannot rot: its examples, and what it says of
// the commands, of the services and of the server's flags.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

import { authHeaders, provider, providers } from '../../pkg/dist/node/index.js';
import { DEMO, startServer } from '../browser/support/server.js';
import { CLI, computer } from '../node/support/computer.js';
import { blocks, checking } from './support/blocks.js';
import { assertShown, sessions, walk } from './support/console.js';
import { read, testExamples } from './support/run.js';
import '../sources.js';
import { fits } from './support/stated.js';

const readme = await read('README.md');
const onNpm = await read('pkg/README.md');
const operations = await read('docs/operations.md');
const terminal = await read('docs/guides/terminal.md');
const applications = await read('docs/guides/applications.md');

testExamples('README.md', blocks);
testExamples('pkg/README.md', blocks);

for (const [name, text] of [['README.md', readme], ['pkg/README.md', onNpm], ['docs/guides/terminal.md', terminal], ['docs/guides/applications.md', applications]]) {
  test(`${name}: the terminal shows what it says`, async (t) => {
    const server = await startServer();
    t.after(() => server.stop());
    const pc = await computer(t);
    await pc.command('keylatch', CLI);
    const found = sessions(text.replaceAll('127.0.0.1:8787', new URL(server.url).host));
    assert.ok(found.length > 0, 'there is a session');
    const typed = async (question) =>
      question.startsWith('Password') ? DEMO.password : (await pc.read('.env')).match(/^KEYLATCH_API_KEY=(.+)$/m)[1];
    for (const session of found) await walk(pc, session, typed);
  });
}

test('every command of `keylatch` is walked through', async () => {
  const { COMMANDS } = await import('../../pkg/cli/commands.js');
  const { nameIn } = await import('../../pkg/cli/names.js');
  const words = (/** @type {string} */ command) => /(?:^|\| )keylatch (.*)/.exec(command)?.[1].split(' ') ?? [];
  const walked = [terminal, applications].flatMap(sessions).flatMap(({ steps }) => steps.map(({ command }) => nameIn(words(command))));
  assert.deepEqual(Object.keys(COMMANDS).filter((name) => !walked.includes(name)), []);
});

test('every other command that is shown is run, here or elsewhere', async () => {
  // The command, the test that runs it, and what it is called there.
  const RUN = [
    ['cargo xtask demo', 'tests/demo/demo.test.js', "'xtask', 'demo'"],
    ['cargo xtask test', '.ci/run', 'cargo xtask test'],
    ['cargo xtask test --all', 'xtask/src/test/mod.rs', '["--all"]'],
    ['cargo xtask docs', 'tests/site/site.test.js', 'build.mjs'],
    ['cargo xtask size', 'xtask/src/steps.rs', 'size::check(project)'],
    ['npm install keylatch', 'tests/packaging/project.js', "npm(['install'"],
    ['cargo run --package keylatch-server', 'xtask/src/server.rs', 'keylatch-server'],
    ['keylatch-server user add EMAIL', 'server/tests/binary.rs', '&["user", "add", email'],
    ['keylatch --help', 'tests/node/cli.test.js', "['--help']"],
    ['keylatch extract', 'tests/node/find.test.js', "['extract'"],
    ['npx keylatch --help', 'tests/packaging/tarball.test.js', "'keylatch', '--version'"],
    ['npx keylatch login --provider luminary', 'tests/node/login.test.js', 'login --provider luminary'],
  ];
  const shown = [readme, onNpm].flatMap((text) => [
    ...[...text.matchAll(/`((?:cargo|npm|npx|keylatch-server|keylatch) [^`]+)`/g)].map(([, command]) => command),
    ...[...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, lines]) => lines.trim().split('\n').map((line) => line.replace(/\s+#.*$/, ''))),
  ]);
  assert.deepEqual([...new Set(shown)].sort(), RUN.map(([command]) => command).sort());
  for (const [command, file, words] of RUN) assert.ok((await read(file)).includes(words), `${command}: ${file} has no ${words}`);
});

test('a README that is wrong would fail', () => {
  const at = (lines) => assertShown(lines, ['key_00000000000000000001  kl_test_…abcd  …', 'of key_00000000000000000001'], new Map(), 'here');
  at(['key_99999999999999999999  kl_test_…WXYZ  3 months', 'of key_99999999999999999999']);
  assert.throws(() => at(['key_99999999999999999999  kl_test_…WXYZ  3 months', 'of key_88888888888888888888']), /here\nprints/);
  assert.throws(() => at(['key_99999999999999999999  kl_test_…WXYZ  3 months']), /here\nprints/);
  assert.throws(() => sessions('```console\nno command\n```\n'), /line 2: output without a command/);

  for (const [text, pattern, expected] of [
    ["{ ok: true, prefix: 'kl_' }", "{ ok: true, … }", true],
    ["{ ok: false }", '{ ok: true }', false],
    ["'a.c'", "'abc'", false],
    ["'ab'", "'a'", false],
    ["'0f'", "'…' (64 digits)", true],
  ]) {
    assert.equal(fits(text, pattern), expected, `${text} as ${pattern}`);
  }
  const { code, stated } = checking({ line: 1, code: 'one(); // → 1\nconst x = two();\n// → 2\nawait no(); // throws aborted\n' });
  assert.equal(stated, 3);
  assert.equal(code, [
    'stated.shows(await (one()), "1", 1);',
    'const x = two(); stated.shows(x, "2", 2);',
    '',
    'await stated.throws(async () => (await no()), "aborted", 4);',
    '',
  ].join('\n'));
  assert.throws(() => checking({ line: 7, code: 'f(() => {\n  g();\n}) // → 1\n' }), /line 9: a result that is not understood/);
  assert.throws(() => checking({ line: 7, code: '// → 1\n' }), /line 7: a result without a statement/);
});

test('the command for the tests is the one that CI runs', async () => {
  const lines = readme.split('\n').map((line) => line.replace(/\s+#.*$/, ''));
  const command = (await read('.ci/run')).trim();
  assert.equal(command.split('\n').length, 1, 'one command');
  assert.ok(lines.includes(command), command);
});

test('it is short', () => {
  for (const [text, most] of [[readme, 310], [onNpm, 155]]) assert.ok(text.split('\n').length <= most);
});

test('the table of services says what the services say', () => {
  const rows = readme.match(/^\| +\| keylatch \|.*?\n\n/ms)[0].trim().split('\n');
  const [titles, , ids, ...facts] = rows.map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
  const services = ids.slice(1).map(provider);
  assert.deepEqual(services.map(({ id }) => id).sort(), providers().map(({ id }) => id).sort(), 'every service');
  assert.deepEqual(titles.slice(1), services.map(({ title }) => title));

  const of = {
    header: (service) => Object.keys(authHeaders(service, 'key'))[0],
    'key format': ({ certainty }) => certainty,
    environment: ({ env }) => env[0] ?? '–',
  };
  const told = new Set();
  for (const [name, ...cells] of facts) {
    if (of[name]) {
      assert.deepEqual(cells, services.map(of[name]), name);
      continue;
    }
    for (const [, capability] of name.matchAll(/`(\w+)`/g)) {
      told.add(capability);
      assert.deepEqual(cells, services.map(({ capabilities }) => (capabilities[capability] ? '✓' : '–')), capability);
    }
  }
  // Said in words below the table; `get` is done from the list where it is missing.
  const left = Object.keys(services[0].capabilities).filter((name) => !told.has(name));
  assert.deepEqual(left.sort(), ['get', 'oneKey']);
});

test('each row of where it runs has its test, and each such test its row', async () => {
  const rows = readme.match(/^\| where \| versions \| test \|\n.*?\n\n/ms)[0].trim().split('\n').slice(2);
  const named = new Map();
  for (const row of rows) {
    const cell = row.split('|').at(-2);
    let file;
    for (const [, path, name] of cell.matchAll(/`([^`]+)`|"([^"]+)"/g)) {
      if (path) file = path;
      else named.set(file, [...(named.get(file) ?? []), name]);
    }
    assert.ok(file, row);
  }
  for (const [file, names] of named) {
    const tests = [...(await read(file)).matchAll(/^ {0,2}test\(['`]([^'`$]+)/gm)].map(([, name]) => name);
    for (const name of names) assert.ok(tests.some((test) => test.startsWith(name)), `${file} has no test ${name}`);
    if (file.startsWith('tests/runtimes/')) assert.deepEqual(tests.filter((test) => !names.some((name) => test.startsWith(name))), [], file);
  }
  const files = readdirSync(new URL('../runtimes', import.meta.url), { recursive: true }).filter((name) => /^(long\/)?[\w-]+\.test\.js$/.test(name));
  assert.deepEqual(files.map((name) => `tests/runtimes/${name}`).filter((name) => !named.has(name)), []);
});

test('the flags of the server, in docs/operations.md, are those that it has', () => {
  const help = execFileSync(process.env.KEYLATCH_SERVER_BIN, ['--help'], { encoding: 'utf8' });
  const flags = (text) => [...text.matchAll(/--[a-z][a-z-]+/g)].map(([flag]) => flag);
  const section = operations.match(/^## Settings\n.*?^## /ms)[0];
  const table = section.split('\n').filter((line) => line.startsWith('| `'));
  const has = flags(help.split('\n').filter((line) => /^ +(?:-\w, )?--/.test(line)).map((line) => line.trim().split(/\s{2,}/)[0]).join('\n'));
  const expected = has.filter((flag) => !['--help', '--version'].includes(flag));
  assert.deepEqual(table.flatMap((line) => flags(line.split('|')[1])).sort(), expected.sort());
});
