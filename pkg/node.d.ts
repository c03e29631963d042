/**
 * keylatch/node: what takes a computer. Where keys come from, the files that
 * hold them, and logging in with a browser.
 *
 * @module
 */

import type { CredentialSource, Credential as Key, Provider, ProviderId, ProviderSpec, Secret } from './index.js';

/** Why a source gave nothing, or what is not right with it. Never holds a key. */
export interface Notice {
  /** A stable word. */
  reason:
    | 'argument_empty'
    | 'env_unset'
    | 'env_empty'
    | 'dotenv_missing'
    | 'dotenv_unset'
    | 'dotenv_empty'
    | 'dotenv_address_unused'
    | 'dotenv_cut'
    | 'file_missing'
    | 'file_empty'
    | 'file_unreadable'
    | 'file_unwritable'
    | 'file_locked'
    | 'file_readable_by_others'
    | 'file_not_understood'
    | 'file_without_key'
    | 'file_for_other_address'
    | 'file_not_of_keys'
    | 'file_written_in_place'
    | 'home_unknown'
    | 'command_failed'
    | 'command_in_dotenv'
    | 'keychain_package_missing'
    | 'keychain_unavailable'
    | 'keychain_locked'
    | 'keychain_without_key'
    | 'keychain_failed'
    | 'keychain_in_dotenv'
    | 'symlink_out_of_home'
    | 'symlink_out_of_directory'
    | 'symlink_writable'
    | 'login_missing'
    | 'login_expired'
    | 'login_not_renewed'
    | 'login_unknown'
    | 'not_a_terminal'
    | 'prompt_empty'
    | 'prompt_refused';
  /** A sentence, such as `LC_API_KEY is set but empty`. */
  message: string;
}

/** Where a key came from. */
export interface Source {
  /** The kind of place. `stored-login` was made by an earlier {@link login}, `login` by one that was just now asked for. */
  kind: 'argument' | 'env' | 'command' | 'keychain' | 'dotenv' | 'file' | 'stored-login' | 'prompt' | 'login';
  /** The variable, the path of the file, or the service and account of the keychain; empty where there is only one. */
  name: string;
}

/**
 * A key, and where it came from. `new KeyClient({ credential })` takes it as it is.
 *
 * @example
 * ```js
 * process.env.LC_API_KEY = 'a-key-from-your-shell';
 * const credential = await resolveKey('luminary');
 * credential.secret; // → Secret { [redacted] }
 * await credential.refresh(); // → undefined
 * process.env.LC_API_KEY = 'the-next-key';
 * (await credential.refresh()).secret.expose(); // → 'the-next-key'
 * ```
 */
export class Credential implements CredentialSource {
  private constructor();
  /** The key. */
  readonly secret: Secret;
  /** Where it came from. */
  readonly source: Source;
  /** The address that the key is for, where that is known. */
  readonly baseUrl?: string;
  /** `bearer` for the access token of a login. */
  readonly scheme?: 'bearer';
  /** What was tried before, and why it gave nothing. */
  readonly tried: Notice[];
  /** Such as `file_readable_by_others`, `dotenv_address_unused` and `dotenv_cut`. */
  readonly warnings: Notice[];
  /** Reads the chain again; `undefined` when it gives the same key. `KeyClient` does it once after a 401. */
  refresh(options?: { signal?: AbortSignal }): Promise<Credential | undefined>;
}

/** How a key is looked for. */
export interface ResolveOptions {
  /** A key that you have: it comes before everything else. */
  apiKey?: Key;
  /**
   * Where the key is to be sent. Default: the service's variable (`LC_DOMAIN`, `KEYLATCH_URL` …). In `.env`, that counts
   * for a key in `.env` alone: a project must not say where your own key goes.
   */
  baseUrl?: string | URL;
  /** The same as `HOST` or `HOST:PORT`; https is put in front, and http for this computer. */
  host?: string;
  /** Whose key, where a file keeps them by user (Conduce). */
  user?: string;
  /** The profile in `~/.config/keylatch/credentials.json`. Default: `KEYLATCH_PROFILE`, then `default`. */
  profile?: string;
  /**
   * Passes over files that others can read. Default false: they are used, with
   * a warning, because the services' own clients write them so.
   */
  strict?: boolean;
  /** What to ask of the person when all else gives nothing. Default: nothing. */
  interactive?: 'prompt' | 'login';
  /** Keeps what the person types in the system's keychain, and in keylatch's file that it is there. Default false. */
  keychain?: boolean;
  /** Asks the person though there may be a key: for `interactive`, to replace it. */
  fresh?: boolean;
  /** Is given what the person should read. Default: it is written to standard error. */
  say?: (text: string) => void;
  /** Ends the search; it then rejects with `aborted`. */
  signal?: AbortSignal;
}

/**
 * Looks for a key: `apiKey`, the environment, `.env` (not for Modelon, whose
 * document has none), the service's file, keylatch's file, a stored login; then,
 * only with `interactive`, the person.
 *
 * A variable of the environment may name a program that prints the key, such as a password manager's:
 * `KEYLATCH_API_KEY='command:op read op://Private/keylatch/key'`. It is run by the shell, has two minutes, and ends with `signal`.
 * It may name a key of the system's keychain, `KEYLATCH_API_KEY='keychain:SERVICE/ACCOUNT'`; without an account it is `default`.
 * The keychain is asked by the optional package `@napi-rs/keyring`, in a process of its own with the same two minutes. In `.env`
 * neither is named.
 *
 * What is set but empty counts as absent. A key that was found is remembered, a failure
 * is not. Calls at the same time share one search: each waits for it until its own
 * `signal`, and the search ends when nobody waits for it any more.
 *
 * @throws {KeylatchError} `no_credential` with `tried: Notice[]`; `invalid_key`
 * naming the source; `file_failed`; `aborted` by
 * the signal, or when the person pressed Ctrl-C.
 *
 * @example
 * ```js
 * process.env.LC_API_KEY = 'a-key-from-your-shell';
 * const credential = await resolveKey('luminary');
 * credential.source; // → { kind: 'env', name: 'LC_API_KEY' }
 * const client = new KeyClient({ provider: 'luminary', credential });
 *
 * const error = await resolveKey('lambda').catch((error) => error);
 * error.tried[0]; // → { reason: 'env_unset', message: 'LAMBDA_API_KEY is not set' }
 * ```
 */
export function resolveKey(provider: ProviderId | Provider | ProviderSpec, options?: ResolveOptions): Promise<Credential>;

/** Which file of keys, and which key in it. */
export interface CredentialFileOptions {
  /** Default: the service's own file; `.env` for a service that has only a variable and reads it there. */
  path?: string;
  /** Default: by the path. */
  kind?: 'text' | 'conduce-config' | 'profiles' | 'dotenv';
  /** Which profile of keylatch's own file. Default: `KEYLATCH_PROFILE`, then `default`. */
  profile?: string;
  /** Whose key, where a file keeps them by user (Conduce). */
  user?: string;
  /** The key of which host, where a file keeps them by host (Conduce). */
  host?: string;
  /** Kept beside the key, where the format has a place for it; in `.env` as the service's variable for it. */
  baseUrl?: string | URL;
  /**
   * Replaces a file that holds something other than a key. Default false: `ready`
   * and `write` then refuse it.
   */
  force?: boolean;
}

/** What a write did. */
export interface Written {
  /** The key that was replaced, if it was another one: it may still work. */
  replaced?: Secret;
  /** Such as `file_written_in_place`. */
  warnings: Notice[];
}

/**
 * A file of keys in its owner's format. Writes replace the file in one step,
 * with mode 0600, and keep everything else in it; a file that is not UTF-8 is
 * read and not written. When root replaces another user's file, owner, group and
 * mode stay. Two processes that write at once lose neither key.
 *
 * @example
 * ```js
 * // Each service has its own file; this is Modelon's. `{ path }` takes another one.
 * new CredentialFile('modelon').path; // → '~/.impact/api.key'
 *
 * const file = new CredentialFile('keylatch', { path: '.env' });
 * await file.ready(); // → undefined (no key would be replaced)
 * await file.write('kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms');
 * (await file.read()).secret; // → Secret { [redacted] }
 * await file.remove();
 * await file.read(); // → undefined
 * ```
 */
export class CredentialFile {
  /**
   * Names the file; nothing is read.
   * @throws {KeylatchError} `invalid_argument`, `unknown_provider`, `invalid_provider`.
   */
  constructor(provider: ProviderId | Provider | ProviderSpec, options?: CredentialFileOptions);
  /** With `~` for the home. */
  readonly path: string;
  /**
   * What the file is: `text`, the key alone; `conduce-config`, Conduce's YAML; `profiles`, keylatch's JSON of several keys;
   * `dotenv`, lines such as `KEYLATCH_API_KEY=…`.
   */
  readonly kind: 'text' | 'conduce-config' | 'profiles' | 'dotenv';
  /**
   * The key, and the address where the file has one beside it; `undefined` when there is none.
   * @throws {KeylatchError} `file_failed` when the file cannot be used.
   */
  read(): Promise<{ secret: Secret; baseUrl?: string; warnings: Notice[] } | undefined>;
  /**
   * Does all that `write` does but its last step, and leaves the file as it is: to
   * call before a key is made. The key that would be replaced, if there is one.
   * @throws {KeylatchError} `file_failed`
   */
  ready(): Promise<Secret | undefined>;
  /**
   * Writes the key in the place of the one that is there.
   * @throws {KeylatchError} `file_failed`; the file is as it was.
   */
  write(secret: string | Secret): Promise<Written>;
  /**
   * Removes this key, and leaves what else is in the file.
   * @throws {KeylatchError} `file_failed`
   */
  remove(): Promise<void>;
}

/** How a person logs in. */
export interface LoginOptions {
  /** The server. Default: as for {@link resolveKey}. */
  baseUrl?: string | URL;
  /** Opens the browser. Default true; the address is printed in any case. */
  open?: boolean;
  /**
   * Shows a code that the person types in a browser on any other computer (RFC 8628), where the issuer has that,
   * instead of a browser on this one. Default false.
   */
  device?: boolean;
  /** Milliseconds that the person has. Default 300000; with `device` as long as the code is good for. */
  timeout?: number;
  /** Is given what the person should read. Default: it is written to standard error. */
  say?: (text: string) => void;
  /** Ends the login; it then rejects with `aborted`. */
  signal?: AbortSignal;
}

/**
 * Logs in with a browser, or with `device` by a code, and stores the login, whether
 * or not there is one. Only an answer that knows the state of this login ends it.
 * @throws {KeylatchError} `unauthorized` when the issuer or the person refused, `unsupported`
 * when the issuer takes no code,
 * `bad_response` when the issuer's answer has no code, `service_error` when no
 * port is free, `file_failed` when the login could not be stored, `timeout`.
 *
 * @example
 * ```ts
 * const credential = await login('luminary'); // prints an address, and opens it in the browser
 * const client = new KeyClient({ provider: 'luminary', credential });
 * ```
 */
export function login(provider: ProviderId | Provider | ProviderSpec, options?: LoginOptions): Promise<Credential>;

/**
 * Forgets the stored login.
 * @returns the path of the file where it was; `undefined` when there was none.
 *
 * @example
 * ```js
 * await logout('luminary'); // → undefined
 * ```
 */
export function logout(provider: ProviderId | Provider | ProviderSpec): Promise<string | undefined>;
