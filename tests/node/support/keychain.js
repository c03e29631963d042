// A keychain as a desktop has it, GNOME Keyring on a bus of its own; and the package as npm
// installs it, with the optional package that asks a keychain, or without.

import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { CASE } from '../../limits.js';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const LOGIN = '/org/freedesktop/secrets/collection/login';
const SECRETS = 'org.freedesktop.secrets';

/** A directory that is gone when `t` ends. */
async function directory(t) {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'keylatch-bus-')));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** The variables of a session with a bus, without a keychain: as on a server. It starts no programs of the machine's. */
export async function emptyBus(t) {
  const root = await directory(t);
  const { PATH } = process.env;
  const env = { PATH, HOME: root, XDG_RUNTIME_DIR: root };
  const config = `<busconfig><type>session</type><listen>unix:path=${root}/bus</listen>
    <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`;
  await writeFile(join(root, 'bus.conf'), config);
  const daemon = spawn('dbus-daemon', [`--config-file=${root}/bus.conf`, '--nofork', '--print-address'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => daemon.kill());
  return { ...env, DBUS_SESSION_BUS_ADDRESS: await firstLine(daemon) };
}

/** A bus that takes connections and says nothing; its address. */
export async function silentBus(t) {
  const at = join(await directory(t), 'bus');
  const sockets = new Set();
  const server = createServer((socket) => void sockets.add(socket.resume().on('error', () => {}).on('close', () => sockets.delete(socket))));
  await new Promise((resolve) => server.listen(at, resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  /** How many processes are waiting for it. */
  const waiting = async (wanted) => {
    while (sockets.size !== wanted) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${at}` }, waiting };
}

/** An unlocked keychain. */
export async function keychain(t) {
  const env = await emptyBus(t);
  const daemon = spawn('gnome-keyring-daemon', ['--unlock', '--components=secrets', '--foreground'], { env, stdio: ['pipe', 'ignore', 'pipe'] });
  t.after(() => daemon.kill());
  daemon.stdin.end('a password');
  let said = '';
  daemon.stderr.setEncoding('utf8').on('data', (text) => { said = (said + text).slice(-2000); });
  const send = async (...args) => (await promisify(execFile)('dbus-send', ['--session', '--print-reply', `--dest=${SECRETS}`, ...args], { env, timeout: CASE })).stdout;
  const end = Date.now() + CASE;
  while (!(await send(LOGIN, 'org.freedesktop.DBus.Properties.Get', 'string:org.freedesktop.Secret.Collection', 'string:Locked').catch(() => '')).includes('boolean false')) {
    if (Date.now() > end || daemon.exitCode !== null) throw new Error('gnome-keyring-daemon does not answer');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const lock = () => send('/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock', `array:objpath:${LOGIN}`);
  /** What it said if it has ended by itself. */
  const fault = () => (daemon.exitCode === null && daemon.signalCode === null ? undefined : `${daemon.signalCode ?? daemon.exitCode}: ${said}`);
  return { env: { DBUS_SESSION_BUS_ADDRESS: env.DBUS_SESSION_BUS_ADDRESS }, lock, fault };
}

/**
 * Has the computer use the package as it is installed there, beside the optional one.
 * @param {{ version?: string, code?: string }} [standIn] stands in its place
 */
export async function installed(pc, standIn) {
  const modules = join(pc.root, 'installed/node_modules');
  const pkg = join(modules, 'keylatch');
  await mkdir(join(pkg, 'dist'), { recursive: true });
  await cp(path('../../../pkg/package.json'), join(pkg, 'package.json'));
  await cp(path('../../../pkg/dist/node'), join(pkg, 'dist/node'), { recursive: true });
  pc.from(join(pkg, 'dist/node'));
  if (!standIn) {
    await symlink(path('../../node_modules/@napi-rs'), join(modules, '@napi-rs'));
  } else {
    const { version = '2.1.0', code = '' } = standIn;
    await mkdir(join(modules, '@napi-rs/keyring'), { recursive: true });
    await writeFile(join(modules, '@napi-rs/keyring/package.json'), JSON.stringify({ name: '@napi-rs/keyring', version, main: 'index.js' }));
    await writeFile(join(modules, '@napi-rs/keyring/index.js'), code);
  }
  return pc;
}

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<string>} */
function firstLine(child) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${child.spawnfile} says nothing`)), CASE);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      resolve(line);
    });
  });
}
