// What the declarations of keylatch/node promise and refuse. Compiled, never run.

import { KeyClient, type Secret } from 'keylatch';
import { Credential, CredentialFile, login, logout, resolveKey } from 'keylatch/node';
import type { Notice } from 'keylatch/node';

/** Compiles only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

async function sources(signal: AbortSignal): Promise<void> {
  const credential = await resolveKey('luminary', { interactive: 'login', strict: true, say: (text: string) => void text, signal });
  same<typeof credential, Credential>(true);
  same<typeof credential.secret, Secret>(true);
  same<typeof credential.warnings, Notice[]>(true);
  // The client takes it as it is, and one of the user's own making.
  new KeyClient({ provider: 'luminary', credential });
  new KeyClient({ provider: 'luminary', credential: { secret: 'text', refresh: async () => undefined } });
  // @ts-expect-error no such question
  await resolveKey('luminary', { interactive: 'yes' });
  // @ts-expect-error credentials come from the package
  new Credential();

  const file = new CredentialFile('conduce', { user: 'me', host: 'app.conduce.com' });
  const found = await file.read();
  // @ts-expect-error there may be none
  found.secret;
  const { replaced, warnings: told } = await file.write(credential.secret);
  void [replaced?.mask(), told[0]?.reason, (await file.ready())?.mask()];
  new CredentialFile('lambda', { path: 'key.txt', force: true });
  // @ts-expect-error a key is text
  await file.write(42);
  same<Awaited<ReturnType<typeof login>>, Credential>(true);
  same<Awaited<ReturnType<typeof logout>>, string | undefined>(true);
}
void sources;
