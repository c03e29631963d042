// Of a long table only the rows in sight are in the document. Each has the same height
// and stands at its own place in a body that is as high as all of them.

const OVERSCAN = 8;
/** Up to so many rows the table is as high as its rows, and the page scrolls. */
const SHORT = 25;

/**
 * @template {{ id: string }} Item
 */
export class VirtualRows {
  /** @type {Item[]} */
  #items = [];
  /** The rows that are in the document. @type {Map<string, { item: Item, row: any, index: number }>} */
  #drawn = new Map();
  #height = 0;
  #isPrinting = false;
  #scheduled = 0;

  /**
   * @param {any} frame What scrolls. @param {any} body What holds the rows.
   * @param {(item: Item) => any} rowOf Makes a row. @param {() => void} onLost Called when the row that had the focus is gone.
   */
  constructor(frame, body, rowOf, onLost) {
    this.frame = frame;
    this.body = body;
    this.rowOf = rowOf;
    this.onLost = onLost;
    frame.addEventListener('scroll', () => this.#schedule(), { passive: true });
    this.resizes = new ResizeObserver(() => {
      this.#height = 0;
      this.#schedule();
    });
  }

  /** From when the table is in a page. */
  start() {
    this.resizes.observe(this.frame);
    addEventListener('beforeprint', this.#print);
    addEventListener('afterprint', this.#print);
  }

  stop() {
    this.resizes.disconnect();
    removeEventListener('beforeprint', this.#print);
    removeEventListener('afterprint', this.#print);
    cancelAnimationFrame(this.#scheduled);
  }

  /** Shows these, and keeps the rows of those that have not changed. @param {Item[]} items */
  show(items) {
    this.#items = items;
    this.draw();
  }

  /** Makes every row anew. */
  renew() {
    for (const { row } of this.#drawn.values()) row.remove();
    this.#drawn.clear();
    this.#height = 0;
    this.draw();
  }

  /** The row of an item, which is scrolled to if need be. @param {string} id */
  reveal(id) {
    const index = this.#items.findIndex((item) => item.id === id);
    if (index < 0) return undefined;
    const top = index * this.#height;
    const { scrollTop, clientHeight } = this.frame;
    if (this.#isTall && (top < scrollTop || top + this.#height > scrollTop + clientHeight - this.#headHeight)) {
      this.frame.scrollTop = top - (clientHeight - this.#height) / 2;
      this.draw();
    }
    return this.#drawn.get(id)?.row;
  }

  get #isTall() {
    return this.#items.length > SHORT && !this.#isPrinting;
  }

  get #headHeight() {
    return this.body.offsetTop;
  }

  #print = (/** @type {Event} */ { type }) => {
    this.#isPrinting = type === 'beforeprint';
    this.draw();
  };

  #schedule() {
    this.#scheduled ||= requestAnimationFrame(() => {
      this.#scheduled = 0;
      this.draw();
    });
  }

  draw() {
    this.frame.classList.toggle('tall', this.#isTall);
    if (this.#items.length > 0) this.#height ||= this.#measure();
    this.body.style.blockSize = `${this.#items.length * this.#height}px`;
    const { from, to } = this.#window();
    const wanted = new Map(this.#items.slice(from, to).map((item, at) => [item.id, { item, index: from + at }]));
    const focused = this.#keepFocused(wanted);
    for (const [id, { item, row }] of this.#drawn) {
      if (wanted.get(id)?.item === item) continue;
      row.remove();
      this.#drawn.delete(id);
    }
    // In the order of the table, which is that of reading and of Tab.
    let next = this.body.firstElementChild;
    for (const [id, { item, index }] of [...wanted].sort(([, a], [, b]) => a.index - b.index)) {
      const drawn = this.#drawn.get(id) ?? { item, row: this.rowOf(item), index: -1 };
      if (drawn.index !== index) this.#place(drawn, index);
      this.#drawn.set(id, drawn);
      if (drawn.row === next) next = next.nextElementSibling;
      else this.body.insertBefore(drawn.row, next);
    }
    this.#refocus(focused);
  }

  /** Where the rows are that are in sight, and some around them. */
  #window() {
    const { length } = this.#items;
    if (!this.#isTall || this.#height === 0) return { from: 0, to: this.#isTall ? Math.min(SHORT, length) : length };
    const first = Math.floor(this.frame.scrollTop / this.#height);
    const count = Math.ceil(this.frame.clientHeight / this.#height);
    const from = Math.max(0, Math.min(first, length - count) - OVERSCAN);
    return { from, to: Math.min(length, first + count + OVERSCAN) };
  }

  /** The row that has the focus stays, wherever it has gone. @param {Map<string, { item: Item, index: number }>} wanted */
  #keepFocused(wanted) {
    const control = this.body.getRootNode().activeElement;
    const row = control?.closest('[data-id]');
    if (!row || !this.body.contains(row)) return undefined;
    const { id } = row.dataset;
    const index = this.#items.findIndex((item) => item.id === id);
    if (index >= 0) wanted.set(id, { item: this.#items[index], index });
    return { id, control, column: control.closest('[data-column]')?.dataset.column };
  }

  /** Gives the focus back that was lost with a row: to the same control of the row in its place. @param {{ id: string, control: any, column: string } | undefined} focused */
  #refocus(focused) {
    if (!focused || focused.control.isConnected) return;
    const control = this.#drawn.get(focused.id)?.row.querySelector(`[data-column="${focused.column}"] :is(button, input)`);
    if (control) control.focus();
    else this.onLost();
  }

  /** @param {{ row: any, index: number }} drawn @param {number} index */
  #place(drawn, index) {
    drawn.index = index;
    drawn.row.style.insetBlockStart = `${index * this.#height}px`;
    // The heading is the first row.
    drawn.row.setAttribute('aria-rowindex', index + 2);
  }

  /** The height of every row, which the style sheet has. */
  #measure() {
    for (const drawn of this.#drawn.values()) drawn.index = -1;
    const [drawn] = this.#drawn.values();
    const row = drawn?.row ?? this.body.appendChild(this.rowOf(this.#items[0]));
    const { height } = row.getBoundingClientRect();
    if (!drawn) row.remove();
    return height;
  }
}
