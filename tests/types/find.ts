// What the declarations of keylatch/catalogue and keylatch/redact promise. Compiled, never run.

import { exampleKey, type KeyKind, keyKinds } from 'keylatch/catalogue';
import { createRedactor, extractKeys, type FoundKey, forPino, redact } from 'keylatch/redact';

const kindsOfKeys: KeyKind[] = keyKinds('github');
const text: string = redact(exampleKey('github'));
const bytes: Uint8Array = createRedactor({ formats: ['github', { id: 'acme', title: 'Acme' }], keep: 'mask', allow: ['a'] }).redact(new Uint8Array(1));
const foundKeys: FoundKey[] = extractKeys(text);
const line: string = forPino().hooks.streamWrite('');
// @ts-expect-error there is no such word
createRedactor({ keep: 'all' });
void [kindsOfKeys, bytes, foundKeys, line];
