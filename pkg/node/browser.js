// Opening a page in the person's browser.

import { spawn } from 'node:child_process';

/**
 * Starts the browser and does not wait for it. Whether that worked.
 * @param {string} url
 * @returns {Promise<boolean>}
 */
export async function openBrowser(url) {
  const [command, ...args] = opener();
  if (!command) return false;
  return new Promise((resolve) => {
    // No shell: the address holds `&`.
    const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

function opener() {
  // As Python's webbrowser and xdg-open have it.
  if (process.env.BROWSER) return process.env.BROWSER.split(' ').filter((part) => part !== '%s' && part !== '');
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return ['xdg-open'];
}
