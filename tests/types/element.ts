// What keylatch/element promises to a strict user. Compiled, never run.

import { english, KeylatchKeys } from 'keylatch/element';
import type { ElementFilters, Word } from 'keylatch/element';
import { defineProvider, type KeyClient, type KeyInfo, type RevealOnce } from 'keylatch';

/** Compiles only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

// ---- Found in a page

const element = document.createElement('keylatch-keys');
same<typeof element, KeylatchKeys>(true);
declare const client: KeyClient;
element.client = client;
element.client = null;
element.client = undefined;
// @ts-expect-error a key is no client
element.client = 'kl_test_';
element.fetch = (request, init) => fetch(request, init);
element.provider = 'keylatch';
element.provider = defineProvider({ id: 'acme', title: 'Acme' });
element.provider = { id: 'acme', title: 'Acme' };
element.scopes = [{ name: 'meshes:read', description: 'Look at meshes' }, { name: 'meshes:write' }];
element.words = { 'list.create': 'Neuer Schlüssel', 'list.count': { one: '{count} Schlüssel', other: '{count} Schlüssel' } };
// @ts-expect-error a word is a text, or one for each plural
element.words = { 'list.create': 7 };
element.filters = { status: 'active', sort: '-createdAt' };
same<typeof element.filters, ElementFilters>(true);
// @ts-expect-error no such status
element.filters = { status: 'lost' };
element.refresh();
element.forget();
// @ts-expect-error it is told, not set
element.open = true;
const word: Word | undefined = english["list.create"];
void word;

// ---- What it tells

element.addEventListener('keylatch-created', ({ detail }) => {
  same<typeof detail, { key: KeyInfo; secret: RevealOnce }>(true);
});
element.addEventListener('keylatch-rotated', ({ detail: { replaced } }) => same<typeof replaced, string>(true));
element.addEventListener('keylatch-error', ({ detail }) => detail.error.code);
element.addEventListener('click', () => undefined);
