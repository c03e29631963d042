/* tslint:disable */
/* eslint-disable */

/**
 * A client of one service.
 */
export class Client {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * `[address, header name, header value]`, the latter two absent without a
     * credential of our own.
     */
    authorize(address: any): any[];
    /**
     * What a rejection of the user's own `fetch` call means, as plain data.
     */
    failure(call: any, thrown: any): any;
    /**
     * Sets a client up; nothing is sent.
     */
    constructor(provider: Provider, options: any, credential?: Secret | null);
    /**
     * Runs an operation. Which of `options`, `secret` and `store` it takes, and
     * what it answers, is the facade's to know: `client.js`.
     */
    run(call: any, operation: string, options: any, secret?: Secret | null, store?: Function | null): Promise<any>;
    /**
     * The service's address.
     */
    readonly baseUrl: string;
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
     * What is wrong with a text as a key of the service: an array of
     * `{ code, index, details }`. When nothing is, the known prefix that it
     * has, or null: a good key costs one crossing and makes no object.
     */
    check(text: any): any;
    /**
     * A declared service.
     */
    static declare(spec: any): Provider;
    /**
     * The service as plain data.
     */
    describe(): any;
    /**
     * The header that carries a key, as `[name, value]`.
     */
    header(secret: Secret, scheme: any): [string, string];
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
 * A new key: of keylatch's format with a prefix, or of a declared format.
 */
export function generate(format: any): Secret;

/**
 * SHA-256 in hexadecimal digits.
 */
export function hash(secret: Secret): string;

/**
 * The ids of the services that a text could be a key of, the surest first.
 */
export function identify(text: any): string[];

/**
 * Enough of a text to recognise it by.
 */
export function mask(text: any): string;

/**
 * The ids of the services of whose known form a text is, whatever stands around
 * the key.
 */
export function resembled(text: any): string[];

/**
 * Compares in constant time.
 */
export function verify(secret: Secret, hash: any): boolean;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_client_free: (a: number, b: number) => void;
    readonly __wbg_provider_free: (a: number, b: number) => void;
    readonly __wbg_revealonce_free: (a: number, b: number) => void;
    readonly __wbg_secret_free: (a: number, b: number) => void;
    readonly client_authorize: (a: number, b: any) => [number, number, number];
    readonly client_baseUrl: (a: number) => any;
    readonly client_failure: (a: number, b: any, c: any) => any;
    readonly client_new: (a: number, b: any, c: number) => [number, number, number];
    readonly client_run: (a: number, b: any, c: number, d: number, e: any, f: number, g: number) => [number, number, number];
    readonly generate: (a: any) => [number, number, number];
    readonly hash: (a: number) => [number, number, number];
    readonly identify: (a: any) => [number, number, number];
    readonly mask: (a: any) => [number, number, number];
    readonly provider_builtin: (a: any) => [number, number, number];
    readonly provider_check: (a: number, b: any) => [number, number, number];
    readonly provider_declare: (a: any) => [number, number, number];
    readonly provider_describe: (a: number) => [number, number, number];
    readonly provider_header: (a: number, b: number, c: any) => [number, number, number];
    readonly provider_ids: () => [number, number, number];
    readonly resembled: (a: any) => [number, number, number];
    readonly revealonce_peek: (a: number) => [number, number, number];
    readonly revealonce_reveal: (a: number) => [number, number, number];
    readonly revealonce_revealed: (a: number) => number;
    readonly revealonce_wipe: (a: number) => void;
    readonly secret_copy: (a: number) => [number, number, number];
    readonly secret_expose: (a: number) => [number, number, number];
    readonly secret_from_js: (a: any, b: any) => [number, number, number];
    readonly secret_mask: (a: number) => [number, number, number];
    readonly secret_wipe: (a: number) => void;
    readonly verify: (a: number, b: any) => [number, number, number];
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
