// What the documents link to is there, to the heading.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { slug } from '../../xtask/docs/slug.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' });
const documents = listed.trim().split('\n').filter((name) => existsSync(root + name));
const text = (name) => readFileSync(root + name, 'utf8').replace(/^```.*?^```$/gms, '').replace(/<!--.*?-->/gs, '');
const links = (name) => [...text(name).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);

/** The anchors of a document: of two headings with the same words, the second has a number. */
function anchors(name) {
  const all = [...text(name).matchAll(/^#+ (.+)$/gm)].map(([, words]) => slug(words.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')));
  return all.map((anchor, at) => (all.indexOf(anchor) === at ? anchor : `${anchor}-${all.slice(0, at).filter((one) => one === anchor).length}`));
}

/** What is wrong with a link of a document; nothing, if it is good. */
function fault(name, target) {
  const [file, anchor] = target.split('#');
  const path = file === '' ? name : posix.normalize(posix.join(posix.dirname(name), file));
  if (!existsSync(root + path)) return `${name}: ${target} is not there`;
  if (anchor !== undefined && !anchors(path).includes(anchor)) return `${name}: ${target} has no such heading`;
  return undefined;
}

test('every link within the repository leads to a file and to a heading', () => {
  const own = documents.flatMap((name) => links(name).filter((target) => !/^https?:/.test(target)).map((target) => [name, target]));
  assert.ok(own.length > 100, `only ${own.length} links`);
  assert.deepEqual(own.map(([name, target]) => fault(name, target)).filter(Boolean), []);
});

test('a link that is wrong would be found', () => {
  assert.match(fault('README.md', 'docs/gone.md'), /is not there/);
  assert.match(fault('docs/guides/express.md', '../operations.md#gone'), /has no such heading/);
  assert.equal(fault('docs/guides/express.md', '../operations.md#how-soon-a-revocation-works'), undefined);
});

test('what npm shows links to nothing of the repository', () => {
  for (const target of links('pkg/README.md')) assert.match(target, /^https:\/\//);
});
