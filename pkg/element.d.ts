/**
 * keylatch/element: the keys of a person as a custom element, for any page.
 *
 * The import makes `<keylatch-keys>` known to the page. On a server, where there are no
 * elements, it does nothing, and what stands inside the tag is the placeholder that a
 * visitor sees until the script runs.
 *
 * ```html
 * <keylatch-keys base-url="https://keys.example.com" provider="keylatch">Loading your keys…</keylatch-keys>
 * <script type="module">import 'keylatch/element';</script>
 * ```
 *
 * Slots: `heading` for a heading of the page's own, `signed-out` for what is shown while
 * nobody is in. Parts: `base`, `keys`, `title`, `button`, `primary`, `danger`, `filters`,
 * `search`, `selection`, `error`, `frame`, `table`, `row`, `sort`, `status`, `empty`, `menu`,
 * `dialog`, `reveal`, `secret`, `snippet`, `field`, `scopes`, `check`, `toast`.
 * Custom properties, each with the page's own type and system colours as its default:
 * `--keylatch-accent`, `-accent-hover`, `-accent-soft`, `-on-accent`, `-surface`, `-ink`, `-muted`, `-line`, `-outline`,
 * `-sunken`, `-danger`, `-danger-solid`, `-on-danger`, `-danger-soft`, `-warn`, `-warn-soft`,
 * `-focus`, `-shadow`, `-mono`, `-radius`. For a dark page say `color-scheme: dark`.
 *
 * @module
 */

import type { KeyClient, KeyInfo, KeylatchError, Provider, ProviderSpec, RevealOnce } from './index.js';

/** A word of the element. `{name}` in it is filled in; what counts has a form for each plural of the language. */
export type Word = string | Partial<Record<'zero' | 'one' | 'two' | 'few' | 'many' | 'other', string>>;

/**
 * Every word of the element, in English, by its name. Words that are not in it come from the core, and can be
 * replaced as well: `error.CODE` for a {@link KeylatchError} and `problem.CODE` for a problem of a key.
 */
export const english: Readonly<Record<string, Word>>;

/** A scope that a new key may have. */
export interface ElementScope {
  /** As the service knows it. */
  name: string;
  /** What it allows, for the person. */
  description?: string;
}

/** What the list is narrowed to. All of it happens in the page; nothing is sent. */
export interface ElementFilters {
  /** Part of a name, an id or a scope; or a masked key, `…` and its last characters. Of a whole key only the masked form is kept. */
  search: string;
  /** Keys in this state. `inactive` is expired or revoked. */
  status: 'all' | 'active' | 'inactive' | 'expired' | 'revoked';
  /** Only active keys that nobody has used for 90 days. */
  unused: boolean;
  /** Only active keys that end by themselves within 30 days. */
  soon: boolean;
  /**
   * `name`, `status`, `createdAt`, `expiresAt` or `lastUsedAt`, with `-` before it from the last to the first; empty for the
   * order of the service.
   */
  sort: string;
}

/** The `detail` of each event of the element. They bubble, and leave shadow trees. */
export interface ElementEvents {
  /** The list is complete. */
  'keylatch-loaded': { count: number };
  /** A key was made. Nobody has seen it yet: pass `secret` on as it is, `reveal()` is for the dialog. */
  'keylatch-created': { key: KeyInfo; secret: RevealOnce };
  /** A key has a successor. The same holds for `secret`; a page whose client stands on the key that is gone sets `client` now. */
  'keylatch-rotated': { key: KeyInfo; replaced: string; secret: RevealOnce };
  /** The person says that the new key is stored. */
  'keylatch-stored': { key: KeyInfo };
  /** A key was revoked. */
  'keylatch-revoked': { key: KeyInfo };
  /** A key was deleted. */
  'keylatch-deleted': { key: KeyInfo };
  /** A text was checked. The text is not told. */
  'keylatch-checked': { ok: boolean };
  /** The filters have changed, for a page that keeps them in its address. */
  'keylatch-filtered': { filters: ElementFilters };
  /** The person wants another service of `services`. */
  'keylatch-service': { provider: string };
  /** The service does not accept the client, or the session is over. The slot `signed-out` is shown until `client` is set, or `refresh()` called. */
  'keylatch-unauthorized': Record<string, never>;
  /** Something failed; the person has been told. */
  'keylatch-error': { action: 'list' | 'create' | 'rotate' | 'revoke' | 'delete'; error: KeylatchError };
}

/**
 * `<keylatch-keys>`: list, create, reveal once, rotate, revoke, delete and check keys.
 *
 * Attributes: `base-url`, where the API is, relative to the page (default: the address of the service, or else the
 * origin of the page); `provider`, the id of a built-in service (default `keylatch`); `lang`, its own or that of an
 * element around it, for numbers and times.
 *
 * @example
 * ```js
 * const element = document.querySelector('keylatch-keys');
 * element.client = new KeyClient({ provider: 'keylatch', baseUrl: 'https://keys.example.com', credential: token });
 * element.addEventListener('keylatch-revoked', ({ detail }) => console.log(detail.key.id));
 * signOutButton.onclick = () => { element.client = null; element.forget(); };
 * retryButton.onclick = () => element.refresh();
 * ```
 */
export class KeylatchKeys extends HTMLElement {
  /** What calls are made with. `undefined`: a client of its own, which stands on the session cookie of the browser. `null`: nobody is in. */
  client: KeyClient | null | undefined;
  /** Your own `fetch` for the client of its own, such as one that adds a header; it is given a `Request`. */
  fetch: typeof globalThis.fetch | undefined;
  /** The service: an id, or what `provider` or `defineProvider` gave. */
  get provider(): string | Provider;
  set provider(provider: string | Provider | ProviderSpec | undefined);
  /** Words in place of the English ones, by their names in {@link english}. */
  words: Readonly<Record<string, Word>>;
  /** What a new key may be allowed. Default: the scopes of keylatch-server. */
  scopes: ElementScope[] | undefined;
  /** Ids of services that the page can turn to, when a checked text looks like a key of one. */
  services: string[];
  /** What the list is narrowed to; a filter that is not set stays as it is. */
  get filters(): ElementFilters;
  set filters(filters: Partial<ElementFilters>);
  /** Whether one of its dialogs is open, so that the page better stays. */
  readonly open: boolean;
  /** Loads the keys anew. */
  refresh(): void;
  /** Forgets what was typed and filtered, for another person. */
  forget(): void;
  /** Hears an event of the element. */
  addEventListener<Name extends keyof ElementEvents>(
    type: Name, listener: (this: KeylatchKeys, event: CustomEvent<ElementEvents[Name]>) => void, options?: boolean | AddEventListenerOptions,
  ): void;
  /** Hears any other event. */
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'keylatch-keys': KeylatchKeys;
  }
}
