// How a program uses a new key, to copy. Only the lines of `.env` hold the key itself;
// all others read it from the environment.

/** @typedef {import('./offer.js').Offer} Offer */

/** @param {Offer} offer @param {string} baseUrl @param {string} key */
export function envLines(offer, baseUrl, key) {
  const [address] = offer.provider.envBaseUrl ?? [];
  return [`${offer.variable}=${key}`, ...address ? [`${address}=${baseUrl}`] : []].map((line) => `${line}\n`).join('');
}

/**
@param {Offer} offer @param {string} baseUrl @param {string} key
 * @returns {{ id: string, text: string, holdsKey: boolean }[]}
 */
export function snippets(offer, baseUrl, key) {
  const { provider, variable } = offer;
  const url = `${baseUrl}${probe(offer)}`;
  const { header, shell, python, isBasic } = schemeOf(provider, variable);
  const [address] = provider.envBaseUrl ?? [];
  const texts = {
    env: envLines(offer, baseUrl, key),
    curl: `curl ${isBasic ? `--user ":$${variable}"` : `-H "${header}: ${shell}"`} \\\n  ${url}`,
    node: [
      "import { KeyClient } from 'keylatch';",
      '',
      'const client = new KeyClient({',
      `  provider: '${provider.id}',`,
      `  baseUrl: ${address ? `process.env.${address}` : `'${baseUrl}'`},`,
      `  credential: process.env.${variable},`,
      '});',
      `const response = await client.fetch('${probe(offer).slice(1)}');`,
      'console.log(response.status);',
    ].join('\n'),
    python: [
      ...isBasic ? ['from base64 import b64encode'] : [],
      'import os',
      'from urllib.request import Request, urlopen',
      '',
      `request = Request("${url}")`,
      `request.add_header("${header}", ${python})`,
      'print(urlopen(request).status)',
    ].join('\n'),
  };
  // Where it is not known whom a key is sent to, only its place is.
  const known = Object.entries(texts).filter(([id]) => id === 'env' || !offer.isSentElsewhere);
  return known.map(([id, text]) => ({ id, text: text.trimEnd(), holdsKey: id === 'env' }));
}

/** A cheap request that every key of the service may make. @param {Offer} offer */
function probe({ provider: { endpoints } }) {
  const found = [endpoints.whoami, endpoints.validate, endpoints.list].find((endpoint) => endpoint?.method === 'GET' && !endpoint.path.includes('{'));
  return found?.path ?? '/';
}

/** How the key is sent: in a command, and in a program. @param {import('../index.js').Provider} provider @param {string} variable The environment variable that holds the key. */
function schemeOf({ schemes: [scheme] = [] }, variable) {
  const read = `os.environ["${variable}"]`;
  const inText = `{os.environ['${variable}']}`;
  switch (scheme?.type) {
    case 'header': return { header: scheme.name, shell: `$${variable}`, python: read, isBasic: false };
    case 'basic': return { header: 'Authorization', shell: '', python: `"Basic " + b64encode((${read} + ":").encode()).decode()`, isBasic: true };
    default: return { header: 'Authorization', shell: `Bearer $${variable}`, python: `f"Bearer ${inText}"`, isBasic: false };
  }
}
