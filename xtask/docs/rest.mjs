// The reference of the server's REST API as Markdown, made of its description
// (OpenAPI), which stands on the handlers.

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** @typedef {any} Schema a schema of OpenAPI 3.1 */

/** @param {any} api the description */
export function rest(api) {
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, ...item[method] })));
  const sections = operations.map((operation) => section(operation));
  const schemas = Object.entries(api.components?.schemas ?? {}).map(([name, schema]) => `### ${name}\n\n${schema.description ?? ''}\n\n${members(schema)}`);
  return `# The REST API

${api.info.description ?? ''}

The same as JSON is at \`/openapi.json\` of each server. A refusal is \`application/problem+json\` (RFC 9457) with a stable \`code\`.

${sections.join('\n\n')}

## Schemas

${schemas.join('\n\n')}
`;
}

/** @param {any} operation */
function section({ path, method, summary, description, parameters = [], requestBody, responses }) {
  const parts = [`## ${method.toUpperCase()} ${path}`, [summary, description].filter(Boolean).join('\n\n')];
  if (parameters.length > 0) {
    parts.push(table(['parameter', 'in', 'type', 'meaning'], parameters.map(({ name, in: where, required, schema, description: meaning }) =>
      [`\`${name}\`${required ? '' : ' (optional)'}`, where, type(schema), meaning ?? schema?.description ?? ''])));
  }
  for (const [kind, { schema }] of Object.entries(requestBody?.content ?? {})) parts.push(`Body: \`${kind}\`, ${type(schema)}`);
  parts.push(table(['status', 'body', 'meaning'], Object.entries(responses).map(([status, { description: meaning, content = {} }]) =>
    [status, Object.values(content).map(({ schema }) => type(schema)).join(' or ') || '–', meaning])));
  return parts.filter(Boolean).join('\n\n');
}

/** @param {Schema} schema */
function members(schema) {
  const all = schema.allOf?.map(members).join('\n\n');
  if (all) return all;
  if (!schema.properties) return `${type(schema)}.`;
  const required = new Set(schema.required ?? []);
  return table(['member', 'type', 'meaning'], Object.entries(schema.properties).map(([name, of]) =>
    [`\`${name}\`${required.has(name) ? '' : ' (optional)'}`, type(of), of.description ?? '']));
}

/** What a schema allows, in words; a schema of its own is linked to. @param {Schema} schema @returns {string} */
function type(schema) {
  if (!schema) return 'anything';
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1);
    return `[${name}](#${name.toLowerCase()})`;
  }
  const either = schema.oneOf ?? schema.anyOf;
  if (either) return either.map(type).join(' or ');
  if (schema.allOf) return schema.allOf.map(type).join(' and ');
  if (schema.enum) return schema.enum.map((/** @type {unknown} */ value) => `\`${JSON.stringify(value)}\``).join(' or ');
  const types = [schema.type].flat().filter(Boolean);
  const words = types.map((name) => (name === 'array' ? `list of ${type(schema.items)}` : name === 'null' ? '`null`' : name));
  return `${words.join(' or ') || 'anything'}${schema.format ? ` (${schema.format})` : ''}`;
}

/** @param {string[]} head @param {string[][]} rows */
function table(head, rows) {
  const cell = (/** @type {string} */ text) => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
}
