// What the command understands and says, case by case, without a process.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../sources.js';

const { generateKey, KeylatchError } = await import('../../pkg/entries/index.js');
const { known, until } = await import('../../pkg/cli/describe.js');
const { columns, relative } = await import('../../pkg/cli/print.js');
const { clean, shortened, width } = await import('../../pkg/cli/text.js');
const { understood } = await import('../../pkg/cli/values.js');
const { duration, end } = await import('../../pkg/cli/when.js');
const { causeOf, inOwnWords } = await import('../../pkg/cli/words.js');
const { decode } = await import('../../pkg/node/decode.js');
const { Line } = await import('../../pkg/node/line.js');

/** The same in another part of the world. */
function inZone(zone, work) {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    return work();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

test('the end of a key is said in words, as a day, a time, or as ISO 8601 has it', () => {
  for (const [said, meant] of [
    ['30d', 'P30D'], ['12h', 'PT12H'], ['3 months', 'P3M'], ['3mo', 'P3M'], ['1 Year', 'P1Y'], ['2w', 'P14D'], ['2 weeks', 'P14D'],
    ['90 min', 'PT90M'], ['45s', 'PT45S'], ['1 year 6 months', 'P1Y6M'], ['6 months, 1 year', 'P1Y6M'], ['1d12h', 'P1DT12H'], [' 7 days ', 'P7D'],
    ['P3M', 'P3M'], ['p1y', 'P1Y'], ['PT36H', 'PT36H'], ['P2W', 'P2W'], ['P1DT1.5S', 'P1DT1.5S'],
    ['never', 'never'], ['NEVER', 'never'], [' Never', 'never'],
  ]) {
    assert.equal(end(said), meant, said);
  }
  for (const [zone, said, meant] of [
    ['UTC', '2097-01-31', '2097-01-31T23:59:59.000Z'],
    ['America/Los_Angeles', '2097-01-31', '2097-02-01T07:59:59.000Z'],
    ['Asia/Tokyo', '2097-01-31', '2097-01-31T14:59:59.000Z'],
    ['Pacific/Kiritimati', '2097-01-31', '2097-01-31T09:59:59.000Z'],
    // The day on which the clocks go forward has 23 hours, and its end all the same.
    ['Europe/Berlin', '2035-03-25', '2035-03-25T21:59:59.000Z'],
    // Clocks go forward at the end of the day, so it has no 23:59; and at the beginning of the next.
    ['America/Nuuk', '2032-03-27', '2032-03-28T00:59:59.000Z'],
    ['Africa/Cairo', '2032-04-29', '2032-04-29T21:59:59.000Z'],
    ['Asia/Tokyo', '2097-01-31T02:00', '2097-01-30T17:00:00.000Z'],
    ['Asia/Tokyo', '2097-01-31 02:00:30', '2097-01-30T17:00:30.000Z'],
    ['Asia/Tokyo', '2097-01-31T02:00Z', '2097-01-31T02:00:00.000Z'],
    ['Asia/Tokyo', '2097-01-31T02:00:00.5+0530', '2097-01-30T20:30:00.500Z'],
    ['Asia/Tokyo', '2097-01-31T02:00-05:00', '2097-01-31T07:00:00.000Z'],
    ['UTC', '2096-02-29', '2096-02-29T23:59:59.000Z'],
  ]) {
    assert.equal(inZone(zone, () => end(said)).toISOString(), meant, `${said} in ${zone}`);
  }
  const today = new Date().toLocaleDateString('sv');
  assert.equal(end(today).getHours(), 23, 'today is not over');
  for (const [said, why] of [
    ['90', /90 what\? Days would be 90d/], ['3m', /minutes or months/], ['tomorrow', /use 30d, 12h/], ['', /use 30d/], ['P', /use/], ['PT', /use/], ['P1X', /use/],
    ['1.5d', /use/], ['1 fortnight', /use/], ['-1d', /use/], ['0d', /no time at all/], ['PT0S', /no time at all/], ['2020-01-01', /in the past/], ['2020-01-01T00:00Z', /in the past/],
    ['2027-02-31', /no such date/], ['2027-02-31T12:00:00Z', /no such date/], ['2100-02-29', /no such date/], ['2027-13-01', /no such date/], ['2027-01-31T25:00Z', /no such date/],
    ['2027-1-31', /use/], ['31/01/2027', /use/], ['99999999d', /use/],
  ]) {
    assert.throws(() => end(said), (error) => error.code === 'invalid_argument' && /^--expires: /.test(error.message) && why.test(error.message), said);
  }
  assert.equal(duration('0h', '--overlap'), 'PT0H');
  assert.throws(() => duration('2027-01-31', '--overlap'), /^KeylatchError: --overlap: use 1h/);
});

test('a sentence tells when a key ends, with the zone; what is no time is not told', () => {
  const expiresAt = new Date('2027-01-31T07:59:59Z');
  for (const [zone, said] of [['UTC', '2027-01-31 07:59 UTC'], ['America/Los_Angeles', '2027-01-30 23:59 PST'], ['Asia/Tokyo', '2027-01-31 16:59 GMT+9']]) {
    assert.equal(inZone(zone, () => until({ expiresAt })), `, good until ${said}`);
  }
  for (const time of [undefined, new Date('never'), new Date(1e20)]) {
    assert.equal(until({ expiresAt: time }), '');
    assert.equal(relative(time, '-'), '-');
    assert.deepEqual(known({ id: 'k', expiresAt: time, createdAt: expiresAt }), { id: 'k', createdAt: expiresAt });
  }
});

test('values are refused before anything is asked of anyone', () => {
  const key = generateKey().expose();
  for (const options of [
    ...['0', '-1', '1.5', 'all', '', '1e3', '9999999999'].map((limit) => ({ limit })),
    ...['', '  ', 'n'.repeat(101)].map((name) => ({ name })),
    { status: 'dead' }, { status: 'Active' }, { scheme: 'digest' }, { expires: 'soon' }, { overlap: 'long' }, { output: '' }, { output: ' ' }, { user: '' },
    // A key where none belongs would be stored, logged, or shown.
    ...['name', 'user', 'profile', 'search', 'host', 'base-url', 'output'].flatMap((option) => [{ [option]: key }, { [option]: `of kim: ${key}` }, { [option]: `https://x/?k=${key}` }]),
    { scope: ['keys:read', key] },
  ]) {
    const [option] = Object.keys(options);
    assert.throws(() => understood(options), (error) => error.code === 'invalid_argument' && error.message.startsWith(`--${option}: `) && !error.message.includes(key), JSON.stringify(options));
  }
  // Only keys of an application are ever disabled.
  assert.throws(() => understood({ status: 'disabled' }, 'list'), { code: 'invalid_argument' });
  assert.deepEqual(understood({ status: 'disabled' }, 'app keys list'), { status: 'disabled' });
  assert.deepEqual(understood({ limit: '20', status: 'all', name: 'n'.repeat(100), expires: '30d', 'api-key': key }), { limit: 20, status: 'all', name: 'n'.repeat(100), expires: 'P30D', 'api-key': key });
});

test('what nobody would see is made visible, and what is seen stays', () => {
  for (const [text, shown, columns] of [
    ['plain', 'plain', 5],
    ['a\u202Eb', 'a\uFFFDb', 3], ['\u2066a\u2069', '\uFFFDa\uFFFD', 3], ['a\u200Bb\u200Dc', 'a\uFFFDb\uFFFDc', 5], ['\uFEFFa', '\uFFFDa', 2],
    ['a\u00ADb', 'a\uFFFDb', 3], ['\u3164', '\uFFFD', 1], ['x\u{E0041}', 'x\uFFFD', 2], ['a\x1b[31mb\n', 'a\uFFFD[31mb\uFFFD', 8], ['a\u2028b', 'a\uFFFDb', 3], ['\uD800a', '\uFFFDa', 2],
    ['日本', '日本', 4], ['한글', '한글', 4], ['한', '한', 2], ['ｱＡ', 'ｱＡ', 3], ['é e\u0301', 'é e\u0301', 3],
    ['👨‍👩‍👧', '👨‍👩‍👧', 2], ['🇩🇪', '🇩🇪', 2], ['✔️', '✔️', 2], ['👍🏽', '👍🏽', 2], ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 2], ['©', '©', 1],
  ]) {
    assert.deepEqual([clean(text), width(clean(text))], [shown, columns], JSON.stringify(text));
  }
  assert.deepEqual(columns([['日本', '1'], ['ab', '2'], ['👍', '3']]).split('\n').map((line) => width(line)), [7, 7, 7]);
  for (const [text, room, short] of [['abcdef', 4, 'abc…'], ['abcd', 4, 'abcd'], ['日本語', 5, '日本…'], ['日本語', 4, '日…'], ['👨‍👩‍👧👍x', 3, '👨‍👩‍👧…']]) assert.equal(shortened(text, room), short);
});

test('errors speak of options, and say why a service was not reached', () => {
  const of = (code, details, more = {}) => Object.assign(new KeylatchError({ code, details, ...more }), more);
  const said = (error) => inOwnWords(error, { address: 'KEYLATCH_URL', provider: 'luminary' });
  for (const [error, words] of [
    [of('invalid_argument', ['expiresIn', 'Acme has no expiry for keys.']), /^--expires: Acme has/],
    [of('invalid_argument', ['baseUrl', 'it is not a URL.']), /^KEYLATCH_URL: it is not/],
    [of('invalid_argument', ['overlap', 'x.']), /^--overlap: x/],
    [of('invalid_request', ['Acme', '`expires_at` is more than 10 years away.']), /: --expires is more than 10 years/],
    [of('insecure_url', ['http://x']), /^http:\/\/x is not https.*ssh -L\)\.$/],
    [of('unknown_provider', ['x', 'a, b']), /for check also github, .* or a \.json file that declares another\.$/],
    [of('bad_response', ['Acme', 'x']), /Check that KEYLATCH_URL is its address/],
    [of('redirect_refused', ['Acme']), /Check that KEYLATCH_URL is the final address/],
    [of('timeout', ['Acme', '5']), /Try again\.$/],
  ]) {
    assert.match(said(error), words);
    assert.doesNotMatch(said(error), /allowInsecure|keylatch\/catalogue|defineProvider|expiresIn|expires_|baseUrl|timeout\./);
  }
  const proxy = process.env.HTTPS_PROXY;
  delete process.env.HTTPS_PROXY;
  for (const [code, words] of [
    ['ECONNREFUSED', /nothing listens there \(ECONNREFUSED\)\.$/], ['ENOTFOUND', /no computer has that name/], ['EAI_AGAIN', /looked up/], ['ENETUNREACH', /no way/], ['UND_ERR_CONNECT_TIMEOUT', /nothing there answers/],
    ['ECONNRESET', /broken off/], ['SELF_SIGNED_CERT_IN_CHAIN', /NODE_EXTRA_CA_CERTS/], ['DEPTH_ZERO_SELF_SIGNED_CERT', /NODE_EXTRA_CA_CERTS/], ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /NODE_EXTRA_CA_CERTS/], ['CERT_HAS_EXPIRED', /not valid at this time/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /for another name/], ['bad port', /Node sends nothing to that port/], ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/], ['HPE_INVALID_CONSTANT', /does not speak HTTP/], ['ENEW', /\(ENEW\)\. Check the address/],
  ]) {
    const error = new KeylatchError({ code: 'network_error', details: ['https://x'] }, new Error(`fetch failed (${code})`));
    assert.match(said(error), words);
    assert.equal(causeOf(error).code, code);
    process.env.HTTPS_PROXY = 'http://proxy.example';
    assert.match(said(error), /HTTPS_PROXY is set, and not heeded/);
    delete process.env.HTTPS_PROXY;
  }
  if (proxy !== undefined) process.env.HTTPS_PROXY = proxy;
  assert.equal(causeOf(of('not_found', ['x', 'y'])), undefined);
});

test('a line is what was typed and pasted, however it is cut into pieces', () => {
  const typed = (pieces) => {
    const line = new Line();
    const done = pieces.map((piece) => line.type(piece)).at(-1);
    return [done, line.text];
  };
  for (const [text, entered, done = 'entered'] of [
    ['abc\r', 'abc'], ['abc\n', 'abc'], ['a\x7fb\r', 'b'], ['a\bb\r', 'b'], ['rubbish\x15ab\r', 'ab'],
    ['two words\x17x\r', 'two x'], ['two words  \x17\x17x\r', 'x'], ['\x17a\r', 'a'],
    ['a\x1b[Db\x1b[1;5Cc\x1bOPd\r', 'abcd'], ['\x1b[200~pasted\x1b[201~\r', 'pasted'], ['\x1b[200~pasted\r\n\x1b[201~', 'pasted'], ['\x1b[200~two\rlines\x1b[201~\r', 'two\nlines'],
    ['before \x1b[200~pasted\x1b[201~ after\r', 'before pasted after'], ['a\x03', 'a', 'interrupted'], ['\x04', '', 'entered'], ['a\x04b\r', 'ab'], ['pässwörd 🔑\r', 'pässwörd 🔑'],
  ]) {
    const whole = [...text];
    for (const pieces of [[text], whole, ...whole.map((_, at) => [whole.slice(0, at).join(''), whole.slice(at).join('')])]) {
      assert.deepEqual(typed(pieces), [done, entered], JSON.stringify(pieces));
    }
  }
  // Escape by itself, and then the key.
  assert.deepEqual(typed(['\x1b', 'key\r']), ['entered', 'key']);
  assert.deepEqual(typed(['\x1b', '\x1b[A', 'key\r']), ['entered', 'key']);
});

test('the bytes of a file are the text that somebody wrote', () => {
  const utf16 = (text) => Buffer.from(text, 'utf16le');
  for (const [bytes, text, fault] of [
    [Buffer.from('ä=1'), 'ä=1', undefined],
    [Buffer.from('\uFEFFä'), 'ä', undefined],
    [utf16('\uFEFFä=1\r\n'), 'ä=1\r\n', /UTF-16/],
    [utf16('\uFEFFä=1').swap16(), 'ä=1', /UTF-16/],
    [Buffer.concat([utf16('\uFEFFa'), Buffer.from([0x62])]), 'a', /UTF-16/],
    [utf16('a=1'), 'a\0=\x001\0', /NUL bytes.*UTF-16/],
    [utf16('a=1').swap16(), '\0a\0=\x001', /NUL bytes/],
    [Buffer.from('ä', 'latin1'), '\uFFFD', /not UTF-8/],
    [Buffer.from(''), '', undefined],
    [Buffer.from([0xff, 0xfe]), '', /UTF-16/],
    // UTF-32 begins as UTF-16 does.
    [Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), '\0a\0', /NUL bytes/],
  ]) {
    const found = decode(bytes);
    assert.equal(found.text, text, bytes.toString('hex'));
    assert.match(found.fault ?? '', fault ?? /^$/);
    assert.equal(found.isUnreadable, text.includes('\0'));
  }
});
