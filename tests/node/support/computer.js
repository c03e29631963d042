// A computer for one test: a home and a working directory of its own, and real
// processes in them.

import { spawn } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { CASE } from '../../limits.js';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
export const CLI = path('../../../pkg/dist/node/cli.js');
const TERMINAL = path('terminal.py');

/** @param {import('node:test').TestContext} t */
export async function computer(t, variables = {}) {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'keylatch-computer-')));
  t.after(() => rm(root, { recursive: true, force: true }));
  const made = new Computer(root, variables);
  await mkdir(made.home, { mode: 0o755 });
  await mkdir(made.cwd, { mode: 0o755 });
  return made;
}

class Computer {
  #from = dirname(CLI);

  constructor(root, variables) {
    this.root = root;
    this.home = join(root, 'home');
    this.cwd = join(root, 'project');
    const { PATH, SYSTEMROOT } = process.env;
    // Of our own environment only what a program needs to start.
    this.env = { PATH, ...SYSTEMROOT && { SYSTEMROOT }, HOME: this.home, USERPROFILE: this.home, ...variables };
  }

  at(file) {
    return file.startsWith('~/') ? join(this.home, file.slice(2)) : join(this.cwd, file);
  }

  async write(file, text, mode = 0o600) {
    await mkdir(dirname(this.at(file)), { recursive: true });
    await writeFile(this.at(file), text);
    await chmod(this.at(file), mode);
  }

  read(file) {
    return readFile(this.at(file), 'utf8');
  }

  async mode(file) {
    return ((await lstat(this.at(file))).mode & 0o777).toString(8);
  }

  /** Has it use another copy of the package. @param {string} directory of the files for Node */
  from(directory) {
    this.#from = directory;
  }

  /** The command's file. */
  get cli() {
    return join(this.#from, 'cli.js');
  }

  get #imports() {
    const entry = (name) => JSON.stringify(pathToFileURL(join(this.#from, name)).href);
    return `import * as kl from ${entry('index.js')}; import * as node from ${entry('node.js')};`;
  }

  /** Puts a script of Node's on the PATH, as npm does on installing. */
  async command(name, script) {
    const bin = join(this.root, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, name), `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`, { mode: 0o755 });
    this.env.PATH = `${bin}:${this.env.PATH}`;
  }

  /** Runs the command `keylatch`. */
  keylatch(args, { input = '', env = {}, flags = [] } = {}) {
    return this.#run([...flags, this.cli, ...args], input, env);
  }

  /** Runs a module's text, with the package imported, and gives what it returns as JSON. */
  async module(text, { env = {}, flags = [], input = '' } = {}) {
    const source = `${this.#imports}
      const result = await (async () => { ${text} })();
      process.stdout.write(JSON.stringify(result ?? null));`;
    const run = await this.#run([...flags, '--input-type=module', '--eval', source], input, env);
    if (run.code !== 0) throw Object.assign(new Error(`the module failed (${run.signal ?? run.code}): ${run.err}`), run);
    return JSON.parse(run.out);
  }

  /** The same; how it ended does not matter. */
  tryModule(text, { env = {}, flags = [] } = {}) {
    const source = `${this.#imports} ${text}`;
    return this.#run([...flags, '--input-type=module', '--eval', source], '', env);
  }

  /** A command of the shell, without a terminal; `keylatch` in it is the command. */
  shell(command, { env = {} } = {}) {
    const script = `keylatch() { '${process.execPath}' '${this.cli}' "$@"; }\n${command}`;
    return this.#run(['-e', 'require("child_process").spawn("/bin/sh", ["-c", process.argv[1]], { stdio: "inherit" }).on("exit", (code, signal) => { process.exitCode = code ?? 255 })', script], '', env);
  }

  /** A command of the shell on a terminal of its own: a person sits at it. */
  terminal(command, env = {}) {
    return new Terminal(spawn('python3', [TERMINAL, '/bin/sh', '-c', command], { cwd: this.cwd, env: { ...this.env, TERM: 'xterm', ...env } }));
  }

  #run(args, input, env) {
    return new Promise((resolve, reject) => {
      // A session of its own has no terminal, whoever runs the tests.
      const child = spawn(process.execPath, args, { cwd: this.cwd, env: { ...this.env, ...env }, detached: true });
      const timer = setTimeout(() => child.kill('SIGKILL'), CASE);
      let out = '';
      let err = '';
      child.stdout.on('data', (data) => (out += data));
      child.stderr.on('data', (data) => (err += data));
      child.once('error', reject);
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal, out, err });
      });
    });
  }
}

class Terminal {
  #child;
  #wake = () => {};
  #ended;
  screen = '';

  constructor(child) {
    this.#child = child;
    const more = (data) => {
      this.screen += data;
      this.#wake();
    };
    child.stdout.on('data', more);
    child.stderr.on('data', more);
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    this.#ended.then(() => this.#wake());
  }

  /** Waits for words on the screen; those after what was waited for before. */
  async sees(words) {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), CASE);
    for (let from = this.from ?? 0; ; ) {
      const at = this.screen.indexOf(words, from);
      if (at >= 0) {
        this.from = at + words.length;
        clearTimeout(timer);
        return;
      }
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(`"${words}" never came:\n${this.screen}`);
      await new Promise((resolve) => (this.#wake = () => resolve()));
    }
  }

  types(text) {
    this.#child.stdin.write(text);
  }

  /** Its exit code. */
  async ends() {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), CASE);
    const code = await this.#ended;
    clearTimeout(timer);
    return code;
  }
}
