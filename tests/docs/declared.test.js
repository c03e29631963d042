// The declarations, as a reader of the reference and of an editor's hints meets them:
// whatever is exported says what it means, what is called shows how, and a file can
// be read in one go.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

// The newest that has its API in JavaScript.
import ts from 'typescript-5.9';

import { root } from '../packaging/project.js';

const files = ['pkg', 'pkg/types'].flatMap((directory) =>
  readdirSync(join(root, directory)).filter((name) => name.endsWith('.d.ts')).map((name) => `${directory}/${name}`));

for (const file of files) {
  test(file, () => {
    const text = readFileSync(join(root, file), 'utf8');
    const lines = text.split('\n');
    const faults = [];
    if (lines.length > 401) faults.push(`it has ${lines.length} lines`);
    const examples = [...text.matchAll(/ \* ```\w+\n(.*?) \* ```\n/gs)].join('\n');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    for (const statement of source.statements.filter(isExported)) {
      const name = statement.name.text;
      say(statement, name);
      if (ts.isFunctionDeclaration(statement)) shows(statement, name);
      if (!ts.isClassDeclaration(statement) && !ts.isInterfaceDeclaration(statement)) continue;
      const begun = new Set();
      for (const member of statement.members) {
        // A constructor that nobody may call; a setter, whose getter says it.
        if (member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) || ts.isSetAccessor(member)) continue;
        const title = `${name}.${member.name?.getText() ?? 'constructor'}`;
        say(member, title);
        const line = lineOf(member);
        if (begun.has(line)) faults.push(`${title} stands beside another member`);
        begun.add(line);
        if (ts.isMethodDeclaration(member) && !/^\[|^to(String|JSON)$/.test(member.name.getText())) shows(member, title);
      }
    }
    lines.forEach((line, at) => { if (line.length > 150) faults.push(`line ${at + 1} has ${line.length} characters`); });
    assert.deepEqual(faults, []);

    /** It has a comment of its own. */
    function say(node, title) {
      if (!ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc)) faults.push(`${title} says nothing of itself (line ${lineOf(node) + 1})`);
    }
    /** An example of the file calls it; those in JavaScript are run by declarations.test.js. */
    function shows(node, title) {
      if (!examples.includes(`${node.name.getText()}(`)) faults.push(`${title} is in no example (line ${lineOf(node) + 1})`);
    }
    function lineOf(node) {
      return source.getLineAndCharacterOfPosition(node.getStart()).line;
    }
  });
}

function isExported(statement) {
  return statement.name && ts.getCombinedModifierFlags(statement) & ts.ModifierFlags.Export;
}
