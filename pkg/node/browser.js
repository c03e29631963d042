// Opens a page in the person's browser, and says what to do where there is no browser.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { delimiter } from 'node:path';

/** An opener that has not ended by then shows the page itself, or waits for the browser to close. */
const PATIENCE = 3_000;

/**
 * Starts the browser, and answers whether that worked so far. If it fails later, `failed` is
 * called.
 * @param {string} url @param {(why: string) => void} failed
 * @returns {Promise<boolean>}
 */
export async function openBrowser(url, failed) {
  for (const [command, ...args] of openers()) {
    const { promise, settle } = outcome(failed);
    // No shell: the address holds `&`.
    const named = args.some((part) => part.includes('%s')) ? args.map((part) => part.replaceAll('%s', url)) : [...args, url];
    const child = spawn(command, named, { stdio: 'ignore', detached: true });
    child.once('error', () => settle(`${command} cannot be started`));
    child.once('exit', (code) => settle(code === 0 ? '' : `${command} failed${code === null ? '' : ` with exit code ${code}`}`));
    child.once('spawn', () => child.unref());
    if ((await promise) === '') return true;
  }
  return false;
}

/**
 * Why it failed, or nothing when it did not, as far as is known in time.
 * @param {(why: string) => void} late
 */
function outcome(late) {
  /** @type {(why: string) => void} */
  let resolve = () => {};
  const promise = /** @type {Promise<string>} */ (new Promise((done) => (resolve = done)));
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    resolve('');
  }, PATIENCE);
  const settle = (/** @type {string} */ why) => {
    clearTimeout(timer);
    if (!isOver) resolve(why);
    else if (why) late(why);
    isOver = true;
  };
  return { promise, settle };
}

/** The commands to try, as Python's webbrowser and xdg-open have them. */
function openers() {
  const { BROWSER } = process.env;
  if (BROWSER) return BROWSER.split(delimiter).map((command) => command.split(' ').filter(Boolean)).filter(([command]) => command && command !== '%s');
  if (process.platform === 'darwin') return [['open']];
  if (process.platform === 'win32') return [['rundll32', 'url.dll,FileProtocolHandler']];
  return [['xdg-open']];
}

/**
 * What to do when the person's browser runs on another computer, and so cannot come back to
 * this one. Editors that work remotely set BROWSER, and forward it themselves.
 * @param {number} port that the browser comes back to
 * @returns {{ isSsh: boolean, advice: string } | undefined}
 */
export function elsewhere(port) {
  const { SSH_CONNECTION, SSH_TTY, SSH_CLIENT, BROWSER } = process.env;
  const isSsh = Boolean(SSH_CONNECTION || SSH_TTY || SSH_CLIENT);
  if (BROWSER || !(isSsh || isContainer())) return undefined;
  const here = `${userName()}@${SSH_CONNECTION?.split(' ')[2] ?? hostname()}`;
  const first = isSsh
    ? `You work over SSH, and the browser comes back to 127.0.0.1:${port} of this computer. On your own, run first: ssh -L ${port}:127.0.0.1:${port} ${here}`
    : `This is a container, and the browser comes back to 127.0.0.1:${port} within it. Start it on the network of its host (docker run --network host).`;
  const otherwise = "Or open the address all the same: when the browser cannot show the page that it comes back to, copy that page's address and run here, in another terminal: curl '<the address>'. Or log in with a code, where the service has that: keylatch login --device";
  return { isSsh, advice: `${first}\n${otherwise}` };
}

function isContainer() {
  return Boolean(process.env.container || process.env.KUBERNETES_SERVICE_HOST) || ['/.dockerenv', '/run/.containerenv'].some(existsSync);
}

function userName() {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the system's list.
    return process.env.USER ?? 'user';
  }
}
