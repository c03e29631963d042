// The package is what its declarations say, neither more nor less.

import { equal, ok, same } from '../support/assert.js';

export default ({ keylatch, declarations }) => {
  const declared = (pattern) => [...declarations.matchAll(pattern)].map(([, name]) => name).sort();

  return [
    {
      name: 'exports what is declared',
      run() {
        const names = declared(/^export (?:declare )?(?:class|function|const) (\w+)/gm);
        ok(names.length > 12, `${names.length} declarations were found`);
        same(Object.keys(keylatch).sort(), [...new Set(names)]);
      },
    },
    {
      name: 'classes have the members that are declared',
      run() {
        for (const name of ['KeyClient', 'Secret', 'RevealOnce']) {
          const [, body] = declarations.match(new RegExp(`export class ${name} \\{([^]*?)\\n\\}`));
          const members = [...body.matchAll(/^ {2}(static )?(?:readonly )?(\[?[\w.]+\]?)\??[(:<]/gm)]
            .map(([, isStatic, member]) => ({ isStatic, member }))
            .filter(({ member }) => !['constructor', 'private'].includes(member));
          ok(members.length >= 3, `${name} declares ${members.length} members`);
          for (const { isStatic, member } of members) {
            const key = member === '[Symbol.dispose]' ? Symbol.dispose ?? Symbol.for('Symbol.dispose') : member;
            const where = isStatic ? keylatch[name] : keylatch[name].prototype;
            // Fields stand on the instance.
            ok(key in where || ['provider', 'baseUrl'].includes(key), `${name}.${member} is not there`);
          }
        }
      },
    },
    {
      name: 'nothing is needed before the first call',
      run() {
        equal(typeof keylatch.maskKey('x'.repeat(40)), 'string');
        equal(keylatch.default, undefined);
      },
    },
    {
      name: 'KeylatchError is a real Error',
      async run() {
        let error;
        try {
          keylatch.provider('nobody');
        } catch (caught) {
          error = caught;
        }
        ok(error instanceof keylatch.KeylatchError && error instanceof Error);
        equal(error.name, 'KeylatchError');
        equal(error.code, 'unknown_provider');
        equal(String(error), `KeylatchError: ${error.message}`);
        ok(error.stack.includes('KeylatchError'), error.stack);
        equal(Object.prototype.toString.call(error), '[object Error]');
        for (const absent of ['status', 'requestId', 'retryAfter', 'service', 'cause']) ok(!(absent in error), absent);
      },
    },
  ];
};
