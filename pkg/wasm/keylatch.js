/* @ts-self-types="./keylatch.d.ts" */
export class Client {
static __wrap(ptr) {
const obj = Object.create(Client.prototype);
obj.__wbg_ptr = ptr;
ClientFinalization.register(obj, obj.__wbg_ptr, obj);
return obj;
}
__destroy_into_raw() {
const ptr = this.__wbg_ptr;
this.__wbg_ptr = 0;
ClientFinalization.unregister(this);
return ptr;
}
free() {
const ptr = this.__destroy_into_raw();
wasm.__wbg_client_free(ptr, 0);
}
authorize(address) {
const ret = wasm.client_authorize(this.__wbg_ptr, address);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
get baseUrl() {
const ret = wasm.client_baseUrl(this.__wbg_ptr);
return ret;
}
failure(call, thrown) {
const ret = wasm.client_failure(this.__wbg_ptr, call, thrown);
return ret;
}
constructor(provider, options, credential) {
_assertClass(provider, Provider);
let ptr0 = 0;
if (!isLikeNone(credential)) {
_assertClass(credential, Secret);
ptr0 = credential.__destroy_into_raw();
}
const ret = wasm.client_new(provider.__wbg_ptr, options, ptr0);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
this.__wbg_ptr = ret[0];
ClientFinalization.register(this, this.__wbg_ptr, this);
return this;
}
run(call, operation, options, secret, store) {
let ptr0, len0, ptr1 = 0;
try {
ptr0 = passStringToWasm0(operation, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
len0 = WASM_VECTOR_LEN;
if (!isLikeNone(secret)) {
_assertClass(secret, Secret);
ptr1 = secret.__destroy_into_raw();
}
} catch (e) {
if (ptr1) wasm.__wbg_secret_free(ptr1, 1);
if (ptr0) { wasm.__wbindgen_free(ptr0, len0 * 1, 1); }
throw e;
}
const ret = wasm.client_run(this.__wbg_ptr, call, ptr0, len0, options, ptr1, isLikeNone(store) ? 0 : addToExternrefTable0(store));
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
}
if (Symbol.dispose) Client.prototype[Symbol.dispose] = Client.prototype.free;
export class Provider {
static __wrap(ptr) {
const obj = Object.create(Provider.prototype);
obj.__wbg_ptr = ptr;
ProviderFinalization.register(obj, obj.__wbg_ptr, obj);
return obj;
}
__destroy_into_raw() {
const ptr = this.__wbg_ptr;
this.__wbg_ptr = 0;
ProviderFinalization.unregister(this);
return ptr;
}
free() {
const ptr = this.__destroy_into_raw();
wasm.__wbg_provider_free(ptr, 0);
}
static builtin(id) {
const ret = wasm.provider_builtin(id);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return Provider.__wrap(ret[0]);
}
check(text) {
const ret = wasm.provider_check(this.__wbg_ptr, text);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
static declare(spec) {
const ret = wasm.provider_declare(spec);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return Provider.__wrap(ret[0]);
}
describe() {
const ret = wasm.provider_describe(this.__wbg_ptr);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
header(secret, scheme) {
_assertClass(secret, Secret);
const ret = wasm.provider_header(this.__wbg_ptr, secret.__wbg_ptr, scheme);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
static ids() {
const ret = wasm.provider_ids();
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
}
if (Symbol.dispose) Provider.prototype[Symbol.dispose] = Provider.prototype.free;
export class RevealOnce {
static __wrap(ptr) {
const obj = Object.create(RevealOnce.prototype);
obj.__wbg_ptr = ptr;
RevealOnceFinalization.register(obj, obj.__wbg_ptr, obj);
return obj;
}
__destroy_into_raw() {
const ptr = this.__wbg_ptr;
this.__wbg_ptr = 0;
RevealOnceFinalization.unregister(this);
return ptr;
}
free() {
const ptr = this.__destroy_into_raw();
wasm.__wbg_revealonce_free(ptr, 0);
}
peek() {
const ret = wasm.revealonce_peek(this.__wbg_ptr);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return Secret.__wrap(ret[0]);
}
reveal() {
const ret = wasm.revealonce_reveal(this.__wbg_ptr);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
get revealed() {
const ret = wasm.revealonce_revealed(this.__wbg_ptr);
return ret !== 0;
}
wipe() {
wasm.revealonce_wipe(this.__wbg_ptr);
}
}
if (Symbol.dispose) RevealOnce.prototype[Symbol.dispose] = RevealOnce.prototype.free;
export class Secret {
static __wrap(ptr) {
const obj = Object.create(Secret.prototype);
obj.__wbg_ptr = ptr;
SecretFinalization.register(obj, obj.__wbg_ptr, obj);
return obj;
}
__destroy_into_raw() {
const ptr = this.__wbg_ptr;
this.__wbg_ptr = 0;
SecretFinalization.unregister(this);
return ptr;
}
free() {
const ptr = this.__destroy_into_raw();
wasm.__wbg_secret_free(ptr, 0);
}
copy() {
const ret = wasm.secret_copy(this.__wbg_ptr);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return Secret.__wrap(ret[0]);
}
expose() {
const ret = wasm.secret_expose(this.__wbg_ptr);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
constructor(text, name) {
const ret = wasm.secret_from_js(text, name);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
this.__wbg_ptr = ret[0];
SecretFinalization.register(this, this.__wbg_ptr, this);
return this;
}
mask() {
const ret = wasm.secret_mask(this.__wbg_ptr);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
wipe() {
wasm.secret_wipe(this.__wbg_ptr);
}
}
if (Symbol.dispose) Secret.prototype[Symbol.dispose] = Secret.prototype.free;
export function generate(format) {
const ret = wasm.generate(format);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return Secret.__wrap(ret[0]);
}
export function hash(secret) {
_assertClass(secret, Secret);
const ret = wasm.hash(secret.__wbg_ptr);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
export function identify(text) {
const ret = wasm.identify(text);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
export function mask(text) {
const ret = wasm.mask(text);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
export function resembled(text) {
const ret = wasm.resembled(text);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return takeFromExternrefTable0(ret[0]);
}
export function verify(secret, hash) {
_assertClass(secret, Secret);
const ret = wasm.verify(secret.__wbg_ptr, hash);
if (ret[2]) {
throw takeFromExternrefTable0(ret[1]);
}
return ret[0] !== 0;
}
function __wbg_get_imports() {
const import0 = {
__proto__: null,
w41: function(arg0, arg1) {
const ret = Error(getStringFromWasm0(arg0, arg1));
return ret;
},
w46: function(arg0) {
const v = arg0;
const ret = typeof(v) === 'boolean' ? v : undefined;
return isLikeNone(ret) ? 0xFFFFFF : ret ? 1 : 0;
},
w40: function(arg0) {
const ret = !arg0;
return ret;
},
w47: function(arg0) {
const ret = typeof(arg0) === 'function';
return ret;
},
w39: function(arg0) {
const ret = arg0 === null;
return ret;
},
w42: function(arg0) {
const val = arg0;
const ret = typeof(val) === 'object' && val !== null;
return ret;
},
w43: function(arg0) {
const ret = typeof(arg0) === 'string';
return ret;
},
w48: function(arg0) {
const ret = arg0 === undefined;
return ret;
},
w44: function(arg0, arg1) {
const obj = arg1;
const ret = typeof(obj) === 'number' ? obj : undefined;
getDataViewMemory0().setFloat64((arg0 >>> 0) + 8 * 1, isLikeNone(ret) ? 0 : ret, true);
getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, !isLikeNone(ret), true);
},
w45: function(arg0, arg1) {
const obj = arg1;
const ret = typeof(obj) === 'string' ? obj : undefined;
var ptr1 = isLikeNone(ret) ? 0 : passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
var len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 1, len1, true);
getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, ptr1, true);
},
w38: function(arg0, arg1) {
throw new Error(getStringFromWasm0(arg0, arg1));
},
w49: function(arg0) {
arg0._wbg_cb_unref();
},
w2: function() { return handleError(function (arg0, arg1, arg2) {
const ret = arg0.call(arg1, arg2);
return ret;
}, arguments); },
w3: function() { return handleError(function (arg0, arg1, arg2, arg3) {
const ret = arg0.call(arg1, arg2, arg3);
return ret;
}, arguments); },
__wbg_client_new: function(arg0) {
const ret = Client.__wrap(arg0);
return ret;
},
w11: function() { return handleError(function (arg0, arg1) {
const ret = arg0.dispatch(arg1);
return ret;
}, arguments); },
w8: function() { return handleError(function (arg0) {
const ret = Object.entries(arg0);
return ret;
}, arguments); },
w14: function() { return handleError(function (arg0, arg1) {
globalThis.crypto.getRandomValues(getArrayU8FromWasm0(arg0, arg1));
}, arguments); },
w33: function() { return handleError(function (arg0, arg1) {
const ret = Reflect.get(arg0, arg1);
return ret;
}, arguments); },
w35: function() { return handleError(function (arg0, arg1) {
const ret = Reflect.get(arg0, arg1 >>> 0);
return ret;
}, arguments); },
w13: function(arg0, arg1) {
const ret = arg0[arg1 >>> 0];
return ret;
},
w7: function() { return handleError(function (arg0) {
const ret = Array.isArray(arg0);
return ret;
}, arguments); },
w15: function(arg0) {
const ret = arg0.length;
return ret;
},
w16: function() { return handleError(function () {
const ret = new Headers();
return ret;
}, arguments); },
w26: function() {
const ret = new Array();
return ret;
},
w21: function() {
const ret = new Map();
return ret;
},
w27: function() {
const ret = new Object();
return ret;
},
w5: function(arg0, arg1) {
try {
var state0 = {a: arg0, b: arg1};
var cb0 = (arg0, arg1) => {
const a = state0.a;
state0.a = 0;
try {
return w54(a, state0.b, arg0, arg1);
} finally {
state0.a = a;
}
};
const ret = new Promise(cb0);
return ret;
} finally {
state0.a = 0;
}
},
w19: function() { return handleError(function (arg0, arg1, arg2, arg3) {
const ret = new URL(getStringFromWasm0(arg0, arg1), getStringFromWasm0(arg2, arg3));
return ret;
}, arguments); },
w18: function() { return handleError(function (arg0, arg1, arg2) {
const ret = new Request(getStringFromWasm0(arg0, arg1), arg2);
return ret;
}, arguments); },
w22: function() {
const ret = Date.now();
return ret;
},
w24: function() { return handleError(function (arg0, arg1) {
const ret = JSON.parse(getStringFromWasm0(arg0, arg1));
return ret;
}, arguments); },
w23: function(arg0, arg1) {
const ret = Date.parse(getStringFromWasm0(arg0, arg1));
return ret;
},
w9: function() { return handleError(function (arg0, arg1) {
const ret = arg0.pause(arg1 >>> 0);
return ret;
}, arguments); },
w37: function(arg0) {
const ret = arg0.queueMicrotask;
return ret;
},
w36: function(arg0) {
queueMicrotask(arg0);
},
w6: function(arg0, arg1) {
const ret = arg0.renew(arg1 >>> 0);
return ret;
},
w32: function(arg0) {
const ret = Promise.resolve(arg0);
return ret;
},
__wbg_revealonce_new: function(arg0) {
const ret = RevealOnce.__wrap(arg0);
return ret;
},
__wbg_secret_new: function(arg0) {
const ret = Secret.__wrap(arg0);
return ret;
},
w34: function() { return handleError(function (arg0, arg1, arg2) {
const ret = Reflect.set(arg0, arg1, arg2);
return ret;
}, arguments); },
w1: function(arg0, arg1, arg2) {
const ret = arg0.set(arg1, arg2);
return ret;
},
w17: function() { return handleError(function (arg0, arg1, arg2, arg3, arg4) {
arg0.set(getStringFromWasm0(arg1, arg2), getStringFromWasm0(arg3, arg4));
}, arguments); },
w0: function(arg0, arg1, arg2) {
arg0[arg1 >>> 0] = arg2;
},
w12: function(arg0, arg1, arg2) {
arg0[arg1] = arg2;
},
w28: function() {
const ret = typeof globalThis === 'undefined' ? undefined : globalThis;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
w30: function() {
const ret = typeof global === 'undefined' ? undefined : global;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
w29: function() {
const ret = typeof self === 'undefined' ? undefined : self;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
w31: function() {
const ret = typeof window === 'undefined' ? undefined : window;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
w25: function() { return handleError(function (arg0) {
const ret = JSON.stringify(arg0);
return ret;
}, arguments); },
w4: function(arg0, arg1, arg2) {
const ret = arg0.then(arg1, arg2);
return ret;
},
w20: function(arg0, arg1) {
const ret = arg0.then(arg1);
return ret;
},
w10: function() { return handleError(function (arg0, arg1) {
const ret = arg0.within(arg1);
return ret;
}, arguments); },
w50: function(arg0, arg1) {
const ret = makeMutClosure(arg0, arg1, w53);
return ret;
},
w51: function(arg0) {
const ret = arg0;
return ret;
},
w52: function(arg0, arg1) {
const ret = getStringFromWasm0(arg0, arg1);
return ret;
},
__wbindgen_init_externref_table: function() {
const table = wasm.__wbindgen_externrefs;
table.set(0, undefined);
table.set(1024, undefined);
table.set(1025, null);
table.set(1026, true);
table.set(1027, false);
},
};
return {
__proto__: null,
"./keylatch_bg.js": import0,
};
}
function w53(arg0, arg1, arg2) {
const ret = wasm.w53(arg0, arg1, arg2);
if (ret[1]) {
throw takeFromExternrefTable0(ret[0]);
}
}
function w54(arg0, arg1, arg2, arg3) {
wasm.w54(arg0, arg1, arg2, arg3);
}
const ClientFinalization = (typeof FinalizationRegistry === 'undefined')
? { register: () => {}, unregister: () => {} }
: new FinalizationRegistry(ptr => wasm.__wbg_client_free(ptr, 1));
const ProviderFinalization = (typeof FinalizationRegistry === 'undefined')
? { register: () => {}, unregister: () => {} }
: new FinalizationRegistry(ptr => wasm.__wbg_provider_free(ptr, 1));
const RevealOnceFinalization = (typeof FinalizationRegistry === 'undefined')
? { register: () => {}, unregister: () => {} }
: new FinalizationRegistry(ptr => wasm.__wbg_revealonce_free(ptr, 1));
const SecretFinalization = (typeof FinalizationRegistry === 'undefined')
? { register: () => {}, unregister: () => {} }
: new FinalizationRegistry(ptr => wasm.__wbg_secret_free(ptr, 1));
function addToExternrefTable0(obj) {
const idx = wasm.__externref_table_alloc();
wasm.__wbindgen_externrefs.set(idx, obj);
return idx;
}
function _assertClass(instance, klass) {
if (!(instance instanceof klass)) {
throw new Error(`expected instance of ${klass.name}`);
}
}
const CLOSURE_DTORS = (typeof FinalizationRegistry === 'undefined')
? { register: () => {}, unregister: () => {} }
: new FinalizationRegistry(state => wasm.__wbindgen_destroy_closure(state.a, state.b));
function getArrayU8FromWasm0(ptr, len) {
ptr = ptr >>> 0;
return getUint8ArrayMemory0().subarray(ptr / 1, ptr / 1 + len);
}
let cachedDataViewMemory0 = null;
function getDataViewMemory0() {
if (cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)) {
cachedDataViewMemory0 = new DataView(wasm.memory.buffer);
}
return cachedDataViewMemory0;
}
function getStringFromWasm0(ptr, len) {
ptr = ptr >>> 0;
return decodeText(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}
let cachedUint8ArrayMemory0 = null;
function getUint8ArrayMemory0() {
if (cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0) {
cachedUint8ArrayMemory0 = new Uint8Array(wasm.memory.buffer);
}
return cachedUint8ArrayMemory0;
}
function handleError(f, args) {
try {
return f.apply(this, args);
} catch (e) {
const idx = addToExternrefTable0(e);
wasm.__wbindgen_exn_store(idx);
}
}
function isLikeNone(x) {
return x === undefined || x === null;
}
function makeMutClosure(arg0, arg1, f) {
const state = { a: arg0, b: arg1, cnt: 1 };
const real = (...args) => {
state.cnt++;
const a = state.a;
state.a = 0;
try {
return f(a, state.b, ...args);
} finally {
state.a = a;
real._wbg_cb_unref();
}
};
real._wbg_cb_unref = () => {
if (--state.cnt === 0) {
wasm.__wbindgen_destroy_closure(state.a, state.b);
state.a = 0;
CLOSURE_DTORS.unregister(state);
}
};
CLOSURE_DTORS.register(real, state, state);
return real;
}
function passStringToWasm0(arg, malloc, realloc) {
if (realloc === undefined) {
const buf = cachedTextEncoder.encode(arg);
const ptr = malloc(buf.length, 1) >>> 0;
getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);
WASM_VECTOR_LEN = buf.length;
return ptr;
}
let len = arg.length;
let ptr = malloc(len, 1) >>> 0;
const mem = getUint8ArrayMemory0();
let offset = 0;
for (; offset < len; offset++) {
const code = arg.charCodeAt(offset);
if (code > 0x7F) break;
mem[ptr + offset] = code;
}
if (offset !== len) {
if (offset !== 0) {
arg = arg.slice(offset);
}
ptr = realloc(ptr, len, len = offset + arg.length * 3, 1) >>> 0;
const view = getUint8ArrayMemory0().subarray(ptr + offset, ptr + len);
const ret = cachedTextEncoder.encodeInto(arg, view);
offset += ret.written;
ptr = realloc(ptr, len, offset, 1) >>> 0;
}
WASM_VECTOR_LEN = offset;
return ptr;
}
function takeFromExternrefTable0(idx) {
const value = wasm.__wbindgen_externrefs.get(idx);
wasm.__externref_table_dealloc(idx);
return value;
}
let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
cachedTextDecoder.decode();
const MAX_SAFARI_DECODE_BYTES = 2146435072;
let numBytesDecoded = 0;
function decodeText(bytes) {
numBytesDecoded += bytes.length;
if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {
cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
cachedTextDecoder.decode();
numBytesDecoded = bytes.length;
}
return cachedTextDecoder.decode(bytes);
}
const cachedTextEncoder = new TextEncoder();
if (!('encodeInto' in cachedTextEncoder)) {
cachedTextEncoder.encodeInto = function (arg, view) {
const buf = cachedTextEncoder.encode(arg);
view.set(buf);
return {
read: arg.length,
written: buf.length
};
};
}
let WASM_VECTOR_LEN = 0;
let wasmModule, wasmInstance, wasm;
function __wbg_finalize_init(instance, module) {
wasmInstance = instance;
wasm = instance.exports;
wasmModule = module;
cachedDataViewMemory0 = null;
cachedUint8ArrayMemory0 = null;
wasm.__wbindgen_start();
return wasm;
}
async function __wbg_load(module, imports) {
if (typeof Response === 'function' && module instanceof Response) {
if (!module.ok) {
throw new Error(`failed to fetch Wasm: ${module.status} ${module.statusText} fetching '${module.url}'`);
}
if (typeof WebAssembly.instantiateStreaming === 'function') {
try {
return await WebAssembly.instantiateStreaming(module, imports);
} catch (e) {
const validResponse = expectedResponseType(module.type);
if (validResponse && module.headers.get('Content-Type') !== 'application/wasm') {
console.warn("`WebAssembly.instantiateStreaming` failed because your server does not serve Wasm with `application/wasm` MIME type. Falling back to `WebAssembly.instantiate` which is slower. Original error:\n", e);
} else { throw e; }
}
}
const bytes = await module.arrayBuffer();
return await WebAssembly.instantiate(bytes, imports);
} else {
const instance = await WebAssembly.instantiate(module, imports);
if (instance instanceof WebAssembly.Instance) {
return { instance, module };
} else {
return instance;
}
}
function expectedResponseType(type) {
switch (type) {
case 'basic': case 'cors': case 'default': return true;
}
return false;
}
}
function initSync(module) {
if (wasm !== undefined) return wasm;
if (module !== undefined) {
if (Object.getPrototypeOf(module) === Object.prototype) {
({module} = module)
} else {
console.warn('using deprecated parameters for `initSync()`; pass a single object instead')
}
}
const imports = __wbg_get_imports();
if (!(module instanceof WebAssembly.Module)) {
module = new WebAssembly.Module(module);
}
const instance = new WebAssembly.Instance(module, imports);
return __wbg_finalize_init(instance, module);
}
let __wbg_init_promise;
async function __wbg_init(module_or_path) {
if (wasm !== undefined) return wasm;
if (__wbg_init_promise === undefined) {
__wbg_init_promise = __wbg_init_once(module_or_path);
__wbg_init_promise.catch(() => { __wbg_init_promise = undefined; });
}
return __wbg_init_promise;
}
async function __wbg_init_once(module_or_path) {
if (module_or_path !== undefined) {
if (Object.getPrototypeOf(module_or_path) === Object.prototype) {
({module_or_path} = module_or_path)
} else {
console.warn('using deprecated parameters for the initialization function; pass a single object instead')
}
}
const imports = __wbg_get_imports();
if (typeof module_or_path === 'string' || (typeof Request === 'function' && module_or_path instanceof Request) || (typeof URL === 'function' && module_or_path instanceof URL)) {
module_or_path = fetch(module_or_path);
}
const { instance, module } = await __wbg_load(await module_or_path, imports);
return __wbg_finalize_init(instance, module);
}
export { initSync, __wbg_init as default };
