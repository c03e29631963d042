// A worker that uses the package, and tells what came of it.

import { KeyClient, authHeaders, checkKey, generateKey, hashKey, verifyKey } from 'keylatch';

const GOOD = 'kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms';

const code = async (call) => {
  try {
    await call();
  } catch (error) {
    return error.code ?? String(error);
  }
  return 'nothing was refused';
};

const QUESTIONS = {
  offline() {
    const key = generateKey();
    const made = key.expose();
    const hash = hashKey(key);
    return { good: checkKey('keylatch', GOOD), bad: checkKey('keylatch', `Bearer ${GOOD.replace('A', 'B')}`), made, hash, isRight: verifyKey(made, hash) };
  },

  async headers() {
    return { headers: authHeaders('lambda', 'test', { scheme: 'basic' }), refused: await code(() => authHeaders('modelon', 'line\nbreak')) };
  },

  async lifecycle(baseUrl, account) {
    const kim = await KeyClient.signIn({ provider: 'keylatch', baseUrl, ...account });
    const { key, secret } = await kim.create({ name: 'worker', expiresIn: 'PT1H' });
    const text = secret.reveal();
    const robot = new KeyClient({ provider: 'keylatch', baseUrl, credential: text });
    const { user } = await robot.whoami();
    const { status } = await robot.fetch('/v1/account');
    const names = [];
    for await (const { id, name } of kim.list()) if (id === key.id) names.push(name);
    const next = await kim.rotate(key.id);
    const old = (await kim.get(key.id)).status;
    const refused = await code(() => robot.whoami());
    await kim.revoke(next.key.id);
    await kim.delete(next.key.id);
    const deleted = await code(() => kim.get(next.key.id));
    return { user, status, names, old, refused, deleted, elsewhere: await code(() => robot.fetch('https://elsewhere.example.com/')) };
  },
};

export default {
  async fetch(request, { SERVER }) {
    try {
      const question = QUESTIONS[new URL(request.url).pathname.slice(1)];
      return Response.json(await question(SERVER, await request.json()));
    } catch (error) {
      return new Response(`${error?.stack ?? error}\n${error?.cause?.stack ?? error?.cause}`, { status: 500 });
    }
  },
};
