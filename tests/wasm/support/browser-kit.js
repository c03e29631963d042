// The kit in a browser: for pages, and for module workers.

import { watchMemory } from './memory.js';
import { SPECS, casesOf, runCase } from './cases.js';
import { declarationsOf } from './declarations.js';

/** `server` is `{ url, user, password }`, `vectors` what vectors.js reads; the package is served beside the specs. */
export async function makeKit(platform, { server, vectors }) {
  const memories = watchMemory();
  const text = async (path) => (await fetch(path)).text();
  return {
    platform,
    server,
    vectors,
    memories,
    keylatch: await import('/keylatch/dist/index.js'),
    declarations: await declarationsOf((name) => text(`/keylatch/${name}`)),
    realm: platform === 'page' ? otherRealm() : undefined,
    inspect: undefined,
    onUnhandled(listener) {
      const heard = (event) => listener(event.reason);
      addEventListener('unhandledrejection', heard);
      return () => removeEventListener('unhandledrejection', heard);
    },
  };
}

function otherRealm() {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  document.body.append(frame);
  return frame.contentWindow;
}

/** The names of all cases: `[spec, name]`. */
export async function list(kit) {
  const all = await Promise.all(SPECS.map(async (spec) => (await casesOf(spec, kit)).map(({ name }) => [spec, name])));
  return all.flat();
}

/** What went wrong in a case, or nothing. */
export async function run(kit, spec, name) {
  try {
    await runCase(spec, name, kit);
    return undefined;
  } catch (error) {
    return error?.stack ?? String(error);
  }
}
