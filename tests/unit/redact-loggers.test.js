// Each logger itself, with its adapter in one line, as the documents have it.

import assert from 'node:assert/strict';
import { Console } from 'node:console';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { test } from 'node:test';

import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider, BatchSpanProcessor, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { pino } from 'pino';
import winston from 'winston';

import '../sources.js';

const { createRedactor, forOpenTelemetry, forPino, forWinston, redactConsole } = await import('../../pkg/entries/redact.js');
const { Secret } = await import('../../pkg/entries/offline.js');

const KEY = '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';
const OUT = 'ghp_[redacted]';

/** What was written, line by line. */
function lines() {
  let all = '';
  const stream = new Writable({ decodeStrings: false, write: (part, _, done) => ((all += part), done()) });
  return { stream, text: () => all, parsed: () => all.split('\n').filter(Boolean).map((line) => JSON.parse(line)) };
}

/** An error as programs have them: with a cause, and members of its own. */
const failed = () => Object.assign(new TypeError(`no ${KEY}`, { cause: new Error(`because of ${KEY}`) }), { config: { headers: { authorization: `Bearer ${KEY}` } } });

test('pino: messages, objects, errors, serializers and child loggers', () => {
  const { stream, text, parsed } = lines();
  const logger = pino(forPino(), stream);
  logger.info(`with ${KEY}`);
  logger.info('as %s and %j', KEY, { token: KEY });
  logger.warn({ request: { headers: [KEY], nested: { deep: KEY } } }, 'an object');
  logger.error(failed());
  logger.error({ err: failed() }, 'with its error');
  logger.child({ token: KEY }).info('of a child');
  const serialized = pino({ ...forPino(), serializers: { user: (user) => ({ id: user.id, key: user.key }) } }, stream);
  serialized.info({ user: { id: 1, key: KEY } });
  serialized.child({}, { msgPrefix: `[${KEY}] ` }).info('of a child with a prefix');
  assert.ok(!text().includes(KEY), text());
  assert.equal(parsed().length, 8);
  assert.equal(parsed()[0].msg, `with ${OUT}`);
  assert.equal(parsed()[2].request.nested.deep, OUT);
  assert.equal(parsed()[3].err.message.startsWith(`no ${OUT}`), true);
  assert.equal(parsed()[5].token, OUT);
  assert.deepEqual(parsed()[6].user, { id: 1, key: OUT });
});

test('pino: a secret that is alive, in the escaping of the line; several streams', () => {
  const [first, second] = [lines(), lines()];
  const logger = pino(forPino(), pino.multistream([{ stream: first.stream }, { stream: second.stream }]));
  const secret = new Secret('p"ss\\w0rd & more');
  logger.info({ password: secret.expose() }, 'with %s', secret.expose());
  secret[Symbol.dispose]();
  for (const { parsed } of [first, second]) {
    assert.equal(parsed()[0].password, '[redacted]');
    assert.equal(parsed()[0].msg, 'with [redacted]');
  }
});

test('winston: messages, objects, errors, splat, child loggers', async () => {
  const { combine, json, errors, splat, printf } = winston.format;
  for (const format of [combine(json(), forWinston()), combine(forWinston(), json()), combine(errors({ stack: true, cause: true }), splat(), forWinston(), json()), combine(forWinston(), splat(), json()), combine(forWinston(), printf((info) => JSON.stringify({ ...info, message: String(info.message) })))]) {
    const { stream, text, parsed } = lines();
    const logger = winston.createLogger({ format, defaultMeta: { service: KEY }, transports: [new winston.transports.Stream({ stream })] });
    logger.info(`with ${KEY}`);
    logger.info('as %s', KEY, { token: KEY });
    logger.warn('an object', { request: { headers: [KEY], nested: { deep: KEY } } });
    logger.error('failed', failed());
    logger.error(failed());
    logger.log({ level: 'error', message: failed() });
    logger.child({ token: KEY }).info('of a child');
    logger.end();
    await once(logger, 'finish');
    assert.ok(!text().includes(KEY), text());
    assert.equal(parsed().length, 7);
    assert.equal(parsed()[0].message, `with ${OUT}`);
    assert.equal(parsed()[0].service, OUT);
    assert.equal(parsed()[2].request.nested.deep, OUT);
    assert.equal(parsed()[6].token, OUT);
  }
});

test('winston: what only the object itself can tell, which stands in the line', async () => {
  class Session {
    #key = KEY;
    toJSON() {
      return { key: this.#key };
    }
  }
  const { stream, text, parsed } = lines();
  const logger = winston.createLogger({ format: winston.format.combine(winston.format.json(), forWinston()), transports: [new winston.transports.Stream({ stream })] });
  logger.info('signed in', { session: new Session() });
  logger.end();
  await once(logger, 'finish');
  assert.ok(!text().includes(KEY), text());
  assert.deepEqual(parsed()[0].session, { key: OUT });
});

test('winston: what was logged is as it was', async () => {
  const { stream } = lines();
  const logger = winston.createLogger({ format: winston.format.combine(forWinston(), winston.format.json()), transports: [new winston.transports.Stream({ stream })] });
  const request = { token: KEY };
  const error = failed();
  logger.info('an object', { request });
  logger.error(error);
  logger.end();
  await once(logger, 'finish');
  assert.equal(request.token, KEY);
  assert.equal(error.message, `no ${KEY}`);
});

test('the console: each method that writes', () => {
  const { stream, text } = lines();
  const console = new Console({ stdout: stream, stderr: stream });
  const undo = redactConsole(console);
  console.log('with', KEY, { deep: { token: KEY } }, [KEY], new Map([[KEY, KEY]]));
  console.info('as %s and %o', KEY, { token: KEY });
  console.error(failed());
  console.warn(failed(), KEY);
  console.debug(new Set([KEY]));
  console.dir({ token: KEY }, { depth: 1 });
  console.dirxml(KEY);
  console.table([{ token: KEY }]);
  console.trace(KEY);
  console.assert(false, KEY);
  console.assert(false, '%s', KEY);
  console.group(KEY);
  console.groupEnd();
  console.groupCollapsed(KEY);
  console.groupEnd();
  console.count(KEY);
  console.countReset(KEY);
  console.time(KEY);
  console.timeLog(KEY, KEY);
  console.timeEnd(KEY);
  const written = text();
  assert.ok(!written.includes(KEY), written);
  assert.ok(written.split(OUT).length > 20);
  undo();
  console.log(KEY);
  assert.equal(text(), `${written}${KEY}\n`);
});

/** A tracer whose spans arrive in an exporter, by the adapter and then another processor. */
function tracing(Processor) {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [forOpenTelemetry(), new Processor(exporter)] });
  return { exporter, provider, tracer: provider.getTracer('tests') };
}

for (const Processor of [SimpleSpanProcessor, BatchSpanProcessor]) {
  test(`OpenTelemetry: names, attributes, events, links, status and exceptions, by ${Processor.name}`, async () => {
    const { exporter, provider, tracer } = tracing(Processor);
    const parent = tracer.startSpan(`parent ${KEY}`);
    const span = tracer.startSpan(`GET /?key=${KEY}`, {
      attributes: { 'url.full': `https://example.com/?key=${KEY}`, list: ['a', KEY], number: 1, [`header.${KEY}`]: true },
      links: [{ context: parent.spanContext(), attributes: { token: KEY } }],
    }, trace.setSpan(context.active(), parent));
    span.setAttribute('later', KEY);
    span.addEvent(`event ${KEY}`, { token: KEY });
    span.recordException(failed());
    span.setStatus({ code: SpanStatusCode.ERROR, message: `no ${KEY}` });
    span.end();
    parent.end();
    await provider.forceFlush();
    const [own, other] = exporter.getFinishedSpans();
    const told = JSON.stringify([own, other].map(({ name, attributes, events, links, status }) => ({ name, attributes, events, links, status })));
    assert.ok(!told.includes(KEY), told);
    assert.equal(own.name, `GET /?key=${OUT}`);
    assert.deepEqual(own.attributes.list, ['a', OUT]);
    assert.equal(own.attributes.number, 1);
    assert.equal(own.attributes[`header.${OUT}`], true);
    assert.equal(own.attributes.later, OUT);
    assert.equal(own.events[0].attributes.token, OUT);
    assert.match(own.events[1].attributes['exception.stacktrace'], /ghp_\[redacted\]/);
    assert.equal(own.links[0].attributes.token, OUT);
    assert.deepEqual(own.status, { code: SpanStatusCode.ERROR, message: `no ${OUT}` });
    assert.equal(other.name, `parent ${OUT}`);
    await provider.shutdown();
  });
}

test('OpenTelemetry: the resource, one for all spans, with what it learns later', async () => {
  let learn;
  const later = new Promise((resolve) => (learn = resolve));
  const { constructor: Resource } = new BasicTracerProvider().getTracer('tests').startSpan('any').resource;
  const resource = new Resource({ attributes: { 'process.command_args': ['node', 'app.js', `--key=${KEY}`], 'service.name': 'api', 'host.name': later } });
  const seen = [];
  const exporter = {
    export(spans, done) {
      seen.push(...spans);
      done({ code: 0 });
    },
    shutdown: async () => {},
  };
  const provider = new BasicTracerProvider({ resource, spanProcessors: [forOpenTelemetry(), new BatchSpanProcessor(exporter)] });
  const tracer = provider.getTracer('tests');
  for (const name of ['one', 'two']) tracer.startSpan(name).end();
  learn(`host ${KEY}`);
  await provider.forceFlush();
  assert.equal(seen[0].resource, seen[1].resource);
  assert.deepEqual(seen[0].resource.attributes, { 'process.command_args': ['node', 'app.js', `--key=${OUT}`], 'service.name': 'api', 'host.name': `host ${OUT}` });
  await resource.waitForAsyncAttributes();
  assert.equal(resource.attributes['host.name'], `host ${KEY}`, 'what was given is as it was');
  await provider.shutdown();
});

test('each adapter takes a redactor of its own', async () => {
  const redactor = createRedactor({ keep: 'none', formats: ['github'] });
  const { stream, parsed } = lines();
  pino(forPino(redactor), stream).info(KEY);
  assert.equal(parsed()[0].msg, '[redacted]');
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [forOpenTelemetry(redactor), new SimpleSpanProcessor(exporter)] });
  provider.getTracer('tests').startSpan(KEY).end();
  assert.equal(exporter.getFinishedSpans()[0].name, '[redacted]');
  assert.equal(forWinston(redactor).transform({ message: KEY }).message, '[redacted]');
  const written = [];
  const target = { log: (...values) => written.push(values) };
  redactConsole(target, redactor);
  target.log(KEY);
  assert.deepEqual(written, [['[redacted]']]);
});
