// The library's errors in the words of the command: its options instead of the
// library's, and why a service could not be reached.

/** @typedef {import('../core/errors.js').KeylatchError} KeylatchError */

/** What the library calls an argument, and the option that it comes from. */
const OPTION = /** @type {const} */ ({
  expiresIn: '--expires', expires_in: '--expires', expires_at: '--expires', overlap: '--overlap', name: '--name', scopes: '--scope',
  user: '--user', scheme: '--scheme', status: '--status', search: '--search', profile: '--profile', path: '--output', apiKey: '--api-key',
  owner: '--owner', metadata: '--metadata', limits: '--rate or --quota', allowed_addresses: '--address', environment: '--environment', formats: '--prefix',
  default_lifetime: '--expires', ends_within_days: '--ends-within',
});

/** What a code of the system or of TLS means. */
const CAUSES = /** @type {const} */ ([
  [/^ECONNREFUSED$/, 'nothing listens there'],
  [/^ENOTFOUND$/, 'no computer has that name'],
  [/^EAI_AGAIN$/, 'the name could not be looked up, as without a connection'],
  [/^E(NET|HOST)(UNREACH|DOWN)$/, 'no way leads there'],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'nothing there answers'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET)$/, 'the connection was broken off'],
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, 'its certificate is not valid at this time; look at the clock of this computer too'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'its certificate is for another name'],
  [/^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|INVALID_CA|ERR_TLS_)/, 'its certificate is not signed by an authority that Node knows; NODE_EXTRA_CA_CERTS can name the file of another one'],
  [/^(ERR_SSL_|EPROTO$)/, 'it does not speak TLS there; the address may begin with http://'],
  [/^bad port$/, 'Node sends nothing to that port, as browsers do not'],
  [/^HPE_/, 'what answers there does not speak HTTP; the address may begin with https://'],
]);

/**
 * @param {KeylatchError} error
 * @param {{ address: string, provider?: string, asked?: string }} context the option or variable that says where the
 *   service is, which service was said, and the address, where no key was asked for that may be missing
 */
export function inOwnWords(error, { address, provider, asked }) {
  const { code, message } = error;
  const whole = message
    .replace('Use https, a loopback address, or set allowInsecure if you accept that.', 'Use https, or an address of this computer, which a tunnel has (ssh -L).')
    .replace('import keylatch/catalogue for the format of many more, or declare your own with defineProvider().', 'for check also github, stripe and others whose keys are known by their look, or a .json file that declares another.')
    .replace(/Check that baseUrl is (its address|the final address)/, `Check that ${address} is $1`)
    .replace('Try again, or set a longer timeout.', 'Try again.')
    .replace('reveal it now and keep it.', 'keep it, as it is shown only now.')
    .replace(/^baseUrl: /, `${address}: `)
    .replace(/^host: /, '--host: ');
  if (code === 'invalid_argument') return whole.replace(/^(\w+): /, (all, name) => (name in OPTION ? `${option(name)}: ` : all));
  if (code === 'invalid_request') return whole.replace(/`(\w+)(\[[^`]*)?`/g, (all, name) => (name in OPTION ? option(name) : all));
  if (code === 'network_error') return unreached(error, whole);
  if (code === 'not_found' && asked) return `${whole} The address was ${asked}; check that ${address} is that of the service.`;
  if (code === 'store_failed' || code === 'not_stored') return [whole, messageOf(error.cause)].filter(Boolean).join(' ');
  if (/** @type {any} */ (error).reason === 'ports_taken') return `${whole.replace(/\.$/, '')}: keylatch login ${provider === undefined ? '' : `--provider ${provider} `}--api-key -`;
  if (/** @type {any} */ (error).reason === 'file_not_of_keys') return `${whole} --force replaces it.`;
  return whole;
}

/** What is known of the cause of an error, for `--json`. @param {KeylatchError} error */
export function causeOf({ cause }) {
  const message = messageOf(cause);
  if (!message) return undefined;
  const code = systemCode(message);
  return { ...(code && { code }), message };
}

const option = (/** @type {string} */ name) => OPTION[/** @type {keyof typeof OPTION} */ (name)];

/** @param {KeylatchError} error @param {string} message */
function unreached({ cause }, message) {
  const code = systemCode(messageOf(cause));
  const why = CAUSES.find(([pattern]) => pattern.test(code))?.[1];
  const reached = message.replace(' Check the address and the connection.', '').replace(/\.$/, '');
  const said = why ? `${reached}: ${why} (${code}).` : code ? `${reached} (${code}). Check the address and the connection.` : message;
  return [said, proxy(message)].filter(Boolean).join(' ');
}

/** Node's fetch goes through a proxy only when it is told to, which few know. @param {string} message */
function proxy(message) {
  const scheme = /^(https?):/.exec(message)?.[1] ?? 'https';
  const name = [`${scheme.toUpperCase()}_PROXY`, `${scheme}_proxy`].find((name) => process.env[name]);
  if (!name) return '';
  return process.env.NODE_USE_ENV_PROXY ? `It was asked through the proxy of ${name}.` : `${name} is set, and not heeded: Node 24 and newer do with NODE_USE_ENV_PROXY=1.`;
}

/** The code at the end of what fetch says. @param {string} message */
const systemCode = (message) => /\(([A-Z][A-Z0-9_]+|bad port)\)$/.exec(message)?.[1] ?? '';

/** @param {unknown} error */
const messageOf = (error) => String(/** @type {any} */ (error)?.message ?? '');
