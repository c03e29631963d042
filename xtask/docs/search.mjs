// The index of the search: a document for each heading.

import MiniSearch from 'minisearch';

/** How the index is made; the page that searches it says the same. */
export const OPTIONS = { fields: ['title', 'text'], storeFields: ['title', 'page', 'at'] };

/** @param {{ path: string, title: string, parts: { title: string, id: string, text: string[] }[] }[]} pages */
export function index(pages) {
  const search = new MiniSearch(OPTIONS);
  let id = 0;
  for (const { path, title: page, parts } of pages) {
    for (const { title, id: anchor, text } of parts) search.add({ id: id++, title, page, at: `${path}#${anchor}`, text: text.join('\n') });
  }
  return JSON.stringify(search);
}
