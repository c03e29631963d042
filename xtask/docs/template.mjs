// The HTML around a page.

const escape = (/** @type {string} */ text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/**
 * @param {{ path: string, title: string, html: string, parts: { level: number, title: string, id: string }[] }} page
 * @param {{ path: string, title: string, menu?: string }[]} menu
 * @param {string} base the way from the page to the root of the site
 */
export function whole({ path, title, html, parts }, menu, base) {
  const groups = [...new Set(menu.map((item) => item.menu))];
  const item = (/** @type {{ path: string, title: string }} */ { path: to, title: words }) =>
    `<li><a href="${base}/${to}"${to === path ? ' aria-current="page"' : ''}>${escape(words)}</a></li>`;
  const chapters = parts.filter(({ level }) => level === 2 || level === 3);
  const contents = chapters.length < 3 ? '' : `<nav class="contents" aria-label="On this page"><h2>On this page</h2><ul>
${chapters.map((part) => `<li${part.level === 3 ? ' class="below"' : ''}><a href="#${part.id}">${escape(part.title)}</a></li>`).join('\n')}
</ul></nav>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · keylatch</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/assets/site.css">
<script type="module" src="${base}/assets/site.js" data-base="${base}"></script>
</head>
<body>
<a class="skip" href="#site-text">To the text</a>
<header>
<a class="home" href="${base}/index.html">keylatch</a>
<search><form role="search" action="${base}/index.html"><label for="site-search">Search</label><input id="site-search" type="search" autocomplete="off" aria-controls="site-found"></form>
<div id="site-found" role="status" hidden></div></search>
</header>
<div class="columns">
<nav class="menu" aria-label="Documents">
${groups.map((group) => `<h2>${group}</h2>\n<ul>\n${menu.filter((one) => one.menu === group).map(item).join('\n')}\n</ul>`).join('\n')}
</nav>
<main id="site-text" tabindex="-1">
${html}</main>
${contents}
</div>
</body>
</html>
`;
}
