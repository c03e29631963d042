// What a service can and cannot do, in words.

const WORDS = {
  signIn: (service) => service.asks('signIn', 'password') && !service.asks('signIn', 'user') ? 'Begin a session with a key' : 'Sign in with a user and a password',
  whoami: 'Say whose key it is',
  create: 'Create keys',
  expiry: 'Give a new key an end date',
  scopes: 'Limit what a new key may do',
  list: 'List keys',
  get: 'Look up one key',
  rotate: (service) => service.capabilities.oneKey ? 'Regenerate and replace a key' : 'Rotate a key',
  overlap: 'Let the old key work on for a while after a rotation',
  revoke: 'Revoke a key, which keeps it in the list',
  delete: 'Delete a key',
  validate: 'Say whether a key works',
  // Having one key only is a thing that a service cannot do.
  oneKey: 'Have several keys at a time',
};
const NEGATED = ['oneKey'];

/** Two lists of sentences: what the service can do through its API, and what it cannot. */
export function capabilityWords(service) {
  const { capabilities } = service;
  const known = Object.keys(WORDS).filter((name) => name in capabilities);
  // What this page has not heard of is called by its own name.
  const others = Object.keys(capabilities).filter((name) => !(name in WORDS));
  const can = [];
  const cannot = [];
  for (const name of [...known, ...others]) {
    const words = WORDS[name] ?? name;
    const able = capabilities[name] !== NEGATED.includes(name);
    (able ? can : cannot).push(typeof words === 'function' ? words(service) : words);
  }
  return { can, cannot };
}

const CERTAINTY = {
  documented: ['Documented', 'The service says what its keys look like, so what the check calls wrong is wrong.'],
  observed: ['Observed', 'Keys have been seen in this form, but nobody documents it: a key of another form may still be good.'],
  unknown: ['Unknown', 'Nobody documents what its keys look like. The check finds only what no key can have.'],
};

/** How sure we are of the key format: a word and what it means. */
export const certaintyWords = ({ provider }) => CERTAINTY[provider.certainty];

/** How a key is sent, as the line of a request. */
export function schemeWords({ type, name, user = '' }) {
  switch (type) {
    case 'header': return { line: `${name}: KEY` };
    case 'basic': return user
      ? { line: `Authorization: Basic …`, note: `the base64 of “${user}:KEY”` }
      : { line: 'Authorization: Basic …', note: 'the base64 of “KEY:”' };
    default: return { line: 'Authorization: Bearer KEY' };
  }
}
