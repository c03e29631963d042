// The search of the site: loads the index when the field is first used.

const base = document.querySelector('script[data-base]').dataset.base;
const field = document.querySelector('#site-search');
const found = document.querySelector('#site-found');

/** How many places are shown. */
const MOST = 12;

let loading;
const search = () => (loading ??= load());

async function load() {
  const [{ default: MiniSearch }, index] = await Promise.all([
    import('./minisearch.js'),
    fetch(new URL('search-index.json', import.meta.url)).then((answer) => answer.text()),
  ]);
  // As xtask/docs/search.mjs made it.
  return MiniSearch.loadJSON(index, { fields: ['title', 'text'], storeFields: ['title', 'page', 'at'] });
}

async function show() {
  const words = field.value.trim();
  found.hidden = words === '';
  if (words === '') return;
  const index = await search();
  // Something else was typed while the index was loading.
  if (field.value.trim() !== words) return;
  const places = index.search(words, { prefix: true, fuzzy: 0.15, combineWith: 'AND', boost: { title: 4 } });
  const list = document.createElement('ul');
  for (const { title, page, at } of places.slice(0, MOST)) {
    const link = Object.assign(document.createElement('a'), { href: `${base}/${at}`, textContent: title });
    const row = document.createElement('li');
    row.append(link);
    if (page !== title) row.append(` in ${page}`);
    list.append(row);
  }
  const count = Object.assign(document.createElement('p'), { textContent: places.length === 0 ? 'Nothing was found.' : `${places.length} found` });
  found.replaceChildren(count, list);
}

field.form.addEventListener('submit', (event) => {
  event.preventDefault();
  found.querySelector('a')?.click();
});
field.addEventListener('input', show);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') field.value = '';
  if (event.key === 'Escape') found.hidden = true;
  if (event.key !== '/' || event.target.closest('input, textarea')) return;
  event.preventDefault();
  field.focus();
});
