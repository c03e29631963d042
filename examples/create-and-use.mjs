// Creates a key, uses it, revokes it and deletes it.
//
//   KEYLATCH_URL=http://127.0.0.1:8787 KEYLATCH_USER=demo@example.com KEYLATCH_PASSWORD=reveal-once \
//     node create-and-use.mjs

import { KeyClient } from 'keylatch';

const { KEYLATCH_URL: baseUrl, KEYLATCH_USER: user, KEYLATCH_PASSWORD: password } = process.env;
const person = await KeyClient.signIn({ provider: 'keylatch', baseUrl, user, password });

const { key, secret } = await person.create({ name: 'example', expiresIn: 'P1D' });
console.log(`created ${key.name} (${key.masked}), good until ${key.expiresAt.toISOString().slice(0, 10)}`);

// The key goes straight from here into the client that uses it.
const program = new KeyClient({ provider: 'keylatch', baseUrl, credential: secret });
const answer = await program.fetch('/v1/account');
console.log(`used it: ${answer.status}, as ${(await answer.json()).user}`);

await person.revoke(key.id);
await program.whoami().catch((error) => console.log(`after revoking: ${error.code}`));

await person.delete(key.id);
await person.get(key.id).catch((error) => console.log(`after deleting: ${error.code}`));
await person.signOut();
