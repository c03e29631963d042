// Markdown to HTML: headings that can be linked to, links that lead to pages of
// the site, and code whose colours are classes.

import highlight from 'highlight.js';
import MarkdownIt from 'markdown-it';

import { slug } from './slug.mjs';

/** What a document calls its languages, and what the highlighter does. */
const LANGUAGES = { console: 'shell', jsx: 'javascript', js: 'javascript', ts: 'typescript', sh: 'bash' };

/**
 * A page's HTML, its title and its parts: what stands below each heading, for the search.
 * @param {string} text
 * @param {(target: string) => string | undefined} resolve where a link leads in the site; undefined for nowhere
 */
export function render(text, resolve) {
  const md = new MarkdownIt({ html: false, linkify: false, highlight: colour });
  const used = new Map();
  const env = {};
  const tokens = md.parse(text.replace(/<!--[^]*?-->/g, ''), env);
  /** @type {{ level: number, title: string, id: string, text: string[] }[]} */
  const parts = [];
  tokens.forEach((token, index) => {
    if (token.type === 'heading_open') {
      const title = plain(tokens[index + 1]);
      const id = unused(slug(title) || 'section', used);
      token.attrSet('id', id);
      parts.push({ level: Number(token.tag.slice(1)), title, id, text: [] });
    } else if (token.type === 'th_open' || token.type === 'td_open') {
      // The alignment of a column is a style within, which the policy of the server forbids.
      token.attrs = null;
      // The corner of a table is no heading of anything.
      if (tokens[index + 1].content === '') [token.tag, tokens[index + 2].tag] = ['td', 'td'];
    } else if (token.type === 'inline' && tokens[index - 1].type !== 'heading_open') {
      parts.at(-1)?.text.push(plain(token));
    } else if (token.type === 'fence') {
      parts.at(-1)?.text.push(token.content);
    }
    for (const child of token.children ?? []) {
      if (child.type !== 'link_open') continue;
      const target = resolve(String(child.attrGet('href')));
      // What is not in the site (a file of the sources) stays as words.
      if (target === undefined) child.hidden = true;
      else child.attrSet('href', target);
    }
  });
  // A link that is hidden hides its end too.
  for (const { children } of tokens) {
    let hidden = false;
    for (const child of children ?? []) {
      if (child.type === 'link_open') hidden = child.hidden;
      if (child.type === 'link_close') child.hidden = hidden;
    }
  }
  md.renderer.rules.link_open = (all, index, options, _, self) => (all[index].hidden ? '' : self.renderToken(all, index, options));
  md.renderer.rules.link_close = (all, index, options, _, self) => (all[index].hidden ? '' : self.renderToken(all, index, options));
  // The one tag that the tables of services have.
  md.renderer.rules.text = (all, index) => md.utils.escapeHtml(all[index].content).replaceAll('&lt;br&gt;', '<br>');
  // Wide tables and code are scrolled by themselves, also by keyboard.
  md.renderer.rules.table_open = () => '<div class="wide" tabindex="0"><table>';
  md.renderer.rules.table_close = () => '</table></div>';
  const html = md.renderer.render(tokens, md.options, env).replaceAll('<pre><code', '<pre tabindex="0"><code');
  return { html, title: parts[0]?.title ?? '', parts };
}

/** An anchor that no heading before has, as GitHub finds one. @param {string} base @param {Map<string, number>} used */
function unused(base, used) {
  let id = base;
  for (let times = used.get(base) ?? 0; used.has(id); id = `${base}-${times}`) used.set(base, (times += 1));
  used.set(id, 0);
  return id;
}

/** @param {import('markdown-it').Token} inline */
function plain(inline) {
  return (inline.children ?? []).map(({ type, content }) => (type === 'softbreak' ? ' ' : content)).join('');
}

/** @param {string} code @param {string} name */
function colour(code, name) {
  const language = LANGUAGES[/** @type {keyof typeof LANGUAGES} */ (name)] ?? name;
  return highlight.getLanguage(language) ? highlight.highlight(code, { language }).value : '';
}
