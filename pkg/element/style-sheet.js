// How the element looks, as a sheet of its own and no `<style>`: a strict
// Content-Security-Policy lets it be.

import css from './element.css';

/** @type {CSSStyleSheet | undefined} One for all shadow trees of the page. */
let styles;

/** The sheet, made when it is first asked for. */
export function styleSheet() {
  if (!styles) {
    styles = new CSSStyleSheet();
    styles.replaceSync(css);
  }
  return styles;
}
