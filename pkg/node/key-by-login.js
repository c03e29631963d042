// A key of one's own server by a login there: what the person agrees to in a browser
// makes a key, and that is kept like any other. The login itself is not.

import { hostname } from 'node:os';

import { KeyClient } from '../client/client.js';
import { defineProvider } from '../core/providers.js';
import { call, core, described } from './core.js';
import { tokensFor } from './login.js';

/** The public client that asks. */
const CLIENT = 'keylatch';
/** What the login and its key may do: whoever logs in manages their keys with it. */
const SCOPES = ['keys:read', 'keys:write'];
/** Any free one: the issuer of one's own server takes each port of this computer. */
const ANY_PORT = [0];
/** No port is looked up in the declaration. */
const UNUSED_PORT = 1;

/**
 * @param {import('../index.js').Provider} provider whose issuer is at its own address
 * @param {{ baseUrl: string, open?: boolean, device?: boolean, say: (text: string) => void, signal?: AbortSignal }} how
 * @returns {Promise<{ key: any, secret: import('../core/secret.js').RevealOnce, revoke: () => Promise<unknown> }>}
 */
export async function keyByLogin(provider, { baseUrl, open, device, say, signal }) {
  const own = defineProvider({
    ...provider,
    id: 'own-server',
    // An access token does not look like a key.
    format: undefined,
    files: [],
    schemes: [{ type: 'bearer' }],
    login: { issuer: baseUrl, clientId: CLIENT, scope: SCOPES.join(' '), ports: [UNUSED_PORT], files: [] },
  });
  const login = call(() => new (core().Login)(described(own), '[]'));
  const setting = { provider: own, baseUrl, say, signal, login: { open, device } };
  return tokensFor(login, ANY_PORT, setting, async (_, { accessToken }) => {
    const client = new KeyClient({ provider: own, baseUrl, credential: accessToken });
    const scopes = own.capabilities.scopes ? SCOPES : undefined;
    const { key, secret } = await client.create({ name: `keylatch on ${hostname()}`.slice(0, 100), scopes, signal });
    return { key, secret, revoke: () => client.revoke(key.id) };
  });
}
