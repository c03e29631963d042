/* tslint:disable */
/* eslint-disable */

/**
 * A login by browser. Made for one attempt, or to renew a token.
 */
export class Login {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Where the browser is sent.
     */
    authorizeUrl(redirect: string): string;
    /**
     * Takes the query that the browser came back with.
     */
    callback(query: any): void;
    /**
     * Turns the code into tokens, once: `{ accessToken, refreshToken, expiresIn }`.
     */
    exchange(call: any, redirect: string): Promise<any>;
    /**
     * For a service; `overrides` are issuer, client id and audience or `undefined`.
     */
    constructor(provider: Provider, overrides: any);
    /**
     * A new access token by a refresh token.
     */
    refresh(call: any, token: Secret): Promise<any>;
    /**
     * The issuer's address.
     */
    readonly issuer: string;
}

/**
 * A service, as other calls take it.
 */
export class Provider {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * A built-in service.
     */
    static builtin(id: any): Provider;
    /**
     * A declared service.
     */
    static declare(spec: any): Provider;
    /**
     * The service as plain data.
     */
    describe(): any;
    /**
     * The ids of the built-in services.
     */
    static ids(): string[];
}

/**
 * A new key, to be seen once.
 */
export class RevealOnce {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * A copy to authenticate with, which does not count as showing it.
     */
    peek(): Secret;
    /**
     * Hands it out, once, as `expose` does.
     */
    reveal(): string;
    /**
     * Wipes it unseen.
     */
    wipe(): void;
    /**
     * Whether it was.
     */
    readonly revealed: boolean;
}

/**
 * A secret that can be wiped before it is collected.
 */
export class Secret {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Another handle to the same text.
     */
    copy(): Secret;
    /**
     * The text. Decoded where it stands: a `String` would leave a copy behind.
     */
    expose(): string;
    /**
     * Takes a text over.
     */
    constructor(text: any, name: any);
    /**
     * Enough to recognise it by.
     */
    mask(): string;
    /**
     * Wipes it.
     */
    wipe(): void;
}

/**
 * The file with the key, or without one: `{ text }`, `{ json }` or
 * `{ notice }` when it cannot be written. Of `file`, see [`read_key_file`];
 * and `baseUrl`; `name` of the variable for the kind `dotenv`.
 */
export function editKeyFile(file: any, secret?: Secret | null): any;

/**
 * The address of a host: https in front, on this computer http.
 */
export function hostAddress(host: any): string;

/**
 * The key in a file: `[{ baseUrl }, secret]`, or `[notice]` when there is none.
 * `file` is `{ kind, path, text, json, provider, profile, user, host }`.
 */
export function readKeyFile(file: any): Array<any>;

/**
 * Walks the chain; resolves to `[{ kind, name, baseUrl, token, tried, warnings }, secret]`.
 */
export function resolveCredential(provider: Provider, host: any, options: any, explicit?: Secret | null): Promise<any>;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_login_free: (a: number, b: number) => void;
    readonly __wbg_provider_free: (a: number, b: number) => void;
    readonly __wbg_revealonce_free: (a: number, b: number) => void;
    readonly __wbg_secret_free: (a: number, b: number) => void;
    readonly editKeyFile: (a: any, b: number) => [number, number, number];
    readonly hostAddress: (a: any) => [number, number, number, number];
    readonly login_authorizeUrl: (a: number, b: number, c: number) => [number, number, number, number];
    readonly login_callback: (a: number, b: any) => [number, number];
    readonly login_exchange: (a: number, b: any, c: number, d: number) => [number, number, number];
    readonly login_issuer: (a: number) => [number, number];
    readonly login_new: (a: number, b: any) => [number, number, number];
    readonly login_refresh: (a: number, b: any, c: number) => [number, number, number];
    readonly provider_builtin: (a: any) => [number, number, number];
    readonly provider_declare: (a: any) => [number, number, number];
    readonly provider_describe: (a: number) => [number, number, number];
    readonly provider_ids: () => [number, number, number];
    readonly readKeyFile: (a: any) => [number, number, number];
    readonly resolveCredential: (a: number, b: any, c: any, d: number) => [number, number, number];
    readonly revealonce_peek: (a: number) => [number, number, number];
    readonly revealonce_reveal: (a: number) => [number, number, number];
    readonly revealonce_revealed: (a: number) => number;
    readonly revealonce_wipe: (a: number) => void;
    readonly secret_copy: (a: number) => [number, number, number];
    readonly secret_expose: (a: number) => [number, number, number];
    readonly secret_from_js: (a: any, b: any) => [number, number, number];
    readonly secret_mask: (a: number) => [number, number, number];
    readonly secret_wipe: (a: number) => void;
    readonly wasm_bindgen__convert__closures_____invoke__h5e84aab8614c9381: (a: number, b: number, c: any) => [number, number];
    readonly wasm_bindgen__convert__closures_____invoke__hb7bae8d1ceda1975: (a: number, b: number, c: any, d: any) => void;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_exn_store: (a: number) => void;
    readonly __externref_table_alloc: () => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_destroy_closure: (a: number, b: number) => void;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
