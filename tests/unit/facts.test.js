// What the collection of formats says of a service without having looked it up (a header, a variable,
// an address) is in the catalogue only where somebody has looked it up since, and says where.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** All of a fact, or what has this text in it. */
const UNVERIFIED = `
github: env, manage
gitlab: env:GITLAB_TOKEN, manage
npm: env, manage
pypi: sent, env, manage
crates-io: sent, env, manage
openai: env, manage
anthropic: env:ANTHROPIC_API_KEY, manage
google: env, manage
aws: env, manage
azure: sent:Ocp, env, manage
stripe: env
slack: env, manage
discord: env, manage
twilio: env, manage
sendgrid: env, manage
mailgun: env, manage
mailchimp: env, manage, sent:Bearer
groq: env, manage
openrouter: env, manage
perplexity: sent, env, manage
replicate: sent:Bearer, env, manage
mistral: sent, env, manage
cohere: sent, manage
deepseek: env, manage
together: sent, env, manage
cloudflare: manage
digitalocean: env
linode: env, manage
hetzner: manage
fly: manage, sent:FlyV1
vercel: env:AI_GATEWAY, manage
netlify: manage
heroku: env, manage
supabase: manage, env:ACCESS_TOKEN
neon: sent, env, manage
databricks: env, manage
snowflake: env, manage
datadog: env:DD_APP_KEY, manage
newrelic: env:API_KEY, sent:X-License-Key
sentry: env:DSN
posthog: env, manage
grafana: env, manage
linear: env, manage
notion: env, manage
airtable: env, manage
figma: env, manage
postman: env, manage
shopify: env, manage
square: env, manage
paypal-braintree: env, manage
doppler: env, manage
vault: sent, env
terraform-cloud: env, manage
pulumi: env, manage
dockerhub: env, manage
atlassian: env, manage
bitbucket: env, manage
circleci: env, manage
buildkite: manage
rubygems: env, manage
nuget: env, manage
langsmith: env:LANGCHAIN
pinecone: env, manage
wandb: manage
telegram: env
`;

/** Where a fact was looked up, as `from` of the service has it. */
const LOOKED_UP = {
  'github env': 'cli.github.com/manual/gh_help_environment',
  'openai env': 'platform.openai.com quickstart',
  'anthropic env:ANTHROPIC_API_KEY': 'anthropics/anthropic-sdk-typescript README.md (environment)',
  'groq env': 'groq/groq-python README.md (environment)',
  'google env': 'ai.google.dev/tutorials/setup (environment)',
  'crates-io env': 'rust-lang/cargo src/doc/man options-token (environment)',
  'databricks env': 'docs.databricks.com dev-tools/auth/env-vars (environment)',
  'pulumi env': 'pulumi.com/docs deployments environment-variables (environment)',
};

/** The names of facts in the catalogue. */
const NAMES = { sent: 'send', env: 'env', manage: 'page' };

const claims = UNVERIFIED.trim().split('\n').flatMap((line) => {
  const [id, facts] = line.split(/: (.*)/);
  return facts.split(', ').map((fact) => ({ id, fact }));
});

/** The facts of each service, by its id. @type {Map<string, Record<string, string>>} */
const services = new Map();
for (const line of readFileSync(new URL('../../format/services.txt', import.meta.url), 'utf8').split('\n').filter((line) => !line.startsWith('#'))) {
  const [id, , , , , facts] = line.split(' | ');
  if (facts) services.set(id, Object.fromEntries(facts.split('; ').map((fact) => fact.split(/: (.*)/))));
}

test('no header, variable or address stands in the catalogue that nobody has looked up', () => {
  const used = [];
  for (const { id, fact } of claims) {
    const facts = services.get(id) ?? assert.fail(id);
    const [name, part = ''] = fact.split(':');
    const told = facts[NAMES[name]];
    if (told === undefined || !told.toLowerCase().includes(part.toLowerCase())) continue;
    const source = LOOKED_UP[`${id} ${fact}`];
    assert.ok(source, `${id} tells its ${NAMES[name]} (${told}), which was not looked up`);
    assert.ok(facts.from.includes(source), `${id} does not say that it is from ${source}`);
    used.push(`${id} ${fact}`);
  }
  assert.deepEqual(used.sort(), Object.keys(LOOKED_UP).sort());
  assert.ok(claims.length > 100, `${claims.length}`);
});

test('each service that tells a fact says where it is from', () => {
  assert.ok(services.size >= 60);
  for (const [id, facts] of services) assert.ok(facts.from, id);
});
