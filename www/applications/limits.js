// How much may be used: in words, and as rows of a form.

import { button, el } from '/keylatch/dist/element/element-parts.js';

/** What a limit may stand for: its name where it has none yet, and its words after the number. */
const PERIODS = {
  second: { words: 'in any second', limit: { kind: 'rate', windowSeconds: 1 } },
  minute: { words: 'in any minute', limit: { kind: 'rate', windowSeconds: 60 } },
  hour: { words: 'in any hour', limit: { kind: 'rate', windowSeconds: 3600 } },
  daily: { words: 'each day', limit: { kind: 'quota', refill: 'day' } },
  weekly: { words: 'each week', limit: { kind: 'quota', refill: 'week' } },
  monthly: { words: 'each month', limit: { kind: 'quota', refill: 'month' } },
  total: { words: 'in all', limit: { kind: 'quota', refill: 'never' } },
};
const MOST = 8;
const LARGEST = 1e12;

/** `100 in any minute · 10,000 each month (Europe/Berlin)`, or that there are none. */
export function limitsWords(speech, limits) {
  const words = limits.map((limit) => `${speech.numbers.format(limit.limit)} ${periodWords(speech, limit)}`);
  return words.join(' · ') || 'No limits';
}

function periodWords(speech, limit) {
  const { windowSeconds, refill, timeZone = 'UTC' } = limit;
  const known = PERIODS[periodOf(limit)];
  if (!known) return `in any ${speech.duration(windowSeconds)}`;
  return timeZone === 'UTC' || refill === 'never' ? known.words : `${known.words} (${timeZone})`;
}

const periodOf = ({ kind, windowSeconds, refill }) =>
  Object.keys(PERIODS).find((id) => PERIODS[id].limit.kind === kind && PERIODS[id].limit.windowSeconds === windowSeconds && PERIODS[id].limit.refill === refill);

/** Rows that a person fills in. `values()` gives the limits, `valid()` says what is wrong and puts the focus there. */
export function limitsField({ speech }, hint, limits = []) {
  const rows = el('div', { class: 'limits' });
  const more = button({ class: 'quiet', part: 'button' }, 'Add a limit');
  const error = el('p', { class: 'field-error', id: 'limits-error' });
  const add = (given) => {
    const amount = el('input', { type: 'text', inputmode: 'numeric', autocomplete: 'off', 'aria-label': 'How much', 'aria-describedby': 'limits-error', value: given ? String(given.limit) : undefined });
    const known = given ? periodOf(given) : 'minute';
    // One that this form does not know stays as it is.
    const own = given && !known ? el('option', { value: '' }, periodWords(speech, given)) : undefined;
    const period = el('select', { 'aria-label': 'In which time', autocomplete: 'off' }, own, Object.entries(PERIODS).map(([id, { words }]) => el('option', { value: id }, words)));
    period.value = known ?? '';
    const remove = button({ class: 'quiet', part: 'button' }, 'Remove');
    const row = el('div', { class: 'limit' }, amount, period, remove);
    row.read = () => {
      const isSame = given && period.value === (known ?? '');
      return { ...isSame ? given : { name: given?.name, ...PERIODS[period.value].limit }, limit: numberOf(amount.value), period: period.value };
    };
    row.amount = amount;
    remove.addEventListener('click', () => {
      row.remove();
      error.textContent = '';
      more.hidden = false;
      more.focus();
    });
    rows.append(row);
    more.hidden = rows.children.length >= MOST;
    return amount;
  };
  for (const limit of limits) add(limit);
  more.addEventListener('click', () => add().focus());
  const all = () => [...rows.children];
  return {
    element: el('fieldset', {}, el('legend', {}, 'Limits'), el('p', { class: 'hint' }, hint), rows, error, more),
    values: () => named(all().map((row) => row.read())),
    valid() {
      const wrong = all().find(({ amount }) => !(numberOf(amount.value) >= 1 && numberOf(amount.value) <= LARGEST));
      for (const { amount } of all()) amount.removeAttribute('aria-invalid');
      error.textContent = wrong ? 'A limit is a whole number from 1 on. Remove the row if you want none.' : '';
      wrong?.amount.setAttribute('aria-invalid', 'true');
      wrong?.amount.focus();
      return !wrong;
    },
  };
}

/** A number as people write it: `10,000`, `10 000`. */
const numberOf = (text) => /^\d[\d,.\s_]*$/.test(text.trim()) ? Number(text.replace(/\D/g, '')) : NaN;

/** Each with a name of its own, which is how the answers about a key call it. */
function named(limits) {
  const taken = new Set(limits.flatMap(({ name }) => name ?? []));
  return limits.map(({ period, name, ...limit }) => {
    for (let at = 1; !name; at += 1) {
      const free = at === 1 ? period : `${period}-${at}`;
      if (!taken.has(free)) name = free;
    }
    taken.add(name);
    return Object.fromEntries(Object.entries({ ...limit, name }).filter(([, value]) => value !== undefined));
  });
}
