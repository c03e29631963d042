// Lifetimes and times, as the page computes and says them.

import assert from 'node:assert/strict';
import { eventually } from './support/eventually.js';
import { scenario, useBrowser } from './support/scenario.js';

useBrowser();

scenario('months are calendar months, and stay inside their month', async ({ page }) => {
  const cases = [
    ['2026-11-20T10:00:00.000Z', 'P7D', '2026-11-27T10:00:00.000Z'],
    ['2026-11-20T10:00:00.000Z', 'P3M', '2027-02-20T10:00:00.000Z'],
    ['2026-11-30T10:00:00.000Z', 'P3M', '2027-02-28T10:00:00.000Z'],
    ['2027-11-30T10:00:00.000Z', 'P3M', '2028-02-29T10:00:00.000Z'],
    ['2026-08-31T23:59:59.000Z', 'P6M', '2027-02-28T23:59:59.000Z'],
    ['2028-02-29T00:00:00.000Z', 'P1Y', '2029-02-28T00:00:00.000Z'],
    ['2026-12-31T12:00:00.000Z', 'P10Y', '2036-12-31T12:00:00.000Z'],
  ];
  const ends = await page.evaluate(async (cases) => {
    const { endOf } = await import('/lifetime.js');
    return cases.map(([now, duration]) => endOf(duration, new Date(now)).toISOString());
  }, cases);
  assert.deepEqual(ends, cases.map(([, , end]) => end));
});

scenario('a day ends when it ends where the person is', { timezoneId: 'Pacific/Auckland' }, async ({ page }) => {
  const [end, today, over] = await page.evaluate(async () => {
    const { dateProblem, dateValue, endOfDay } = await import('/lifetime.js');
    const now = new Date('2027-02-20T10:30:00Z'); // 23:30 in Auckland
    return [endOfDay('2027-02-20').toISOString(), dateProblem(dateValue(now), now), dateProblem('2027-02-19', now)];
  });
  assert.equal(end, '2027-02-20T10:59:59.000Z');
  assert.equal(today, '');
  assert.match(over, /This day is over/);
});

scenario('times are said as people say them', async ({ page }) => {
  const SECOND = 1, MINUTE = 60, HOUR = 3600, DAY = 86400;
  const cases = [
    [-3 * SECOND, 'just now'],
    [3 * SECOND, 'in a moment'],
    [-MINUTE, '1 minute ago'],
    [-59 * MINUTE, '1 hour ago'],
    [HOUR - SECOND, 'in 1 hour'],
    [-5 * HOUR, '5 hours ago'],
    [-DAY, 'yesterday'],
    [7 * DAY - SECOND, 'next week'],
    [92 * DAY, 'in 3 months'],
    [-365.25 * DAY, 'last year'],
    [730.5 * DAY, 'in 2 years'],
  ];
  const said = await page.evaluate(async (cases) => {
    const { formatRelative } = await import('/format-time.js');
    return cases.map(([seconds]) => formatRelative(new Date(seconds * 1000), 0));
  }, cases);
  assert.deepEqual(said, cases.map(([, words]) => words));
});

scenario('a key whose end passes while it is looked at turns into an expired one', async ({ page, keys, server }) => {
  const api = await server.api();
  const { key } = await api('POST', '/v1/keys', { name: 'short', expires_in: 'PT3S' });
  await page.clock.install();
  await page.reload();
  await keys.signIn();
  const active = keys.cell(keys.row('short'), 'Active');
  assert.equal(await active.innerText(), 'Active');

  await eventually(async () => assert.equal((await api('GET', `/v1/keys/${key.id}`)).status, 'expired'));
  await page.clock.fastForward('00:30');
  await eventually(async () => assert.equal(await active.innerText(), 'Expired'));
  assert.deepEqual(await keys.offers('short'), ['Delete…']);
});
