// Of a long table only the rows in sight are in the document. Each has the same height
// and stands at its own place in a body that is as high as all of them. A row that has gone
// out of sight shows the next item that comes into it, and stays where it is in the document:
// to move it costs a frame more than all else. Once the list is at rest, or a key is pressed,
// the rows are put in the order of the table, which is that of reading and of Tab.

const OVERSCAN = 8;
/** So long after the last scroll the list is at rest, in milliseconds. */
const REST = 150;
/** Up to so many rows the table is as high as its rows, and the page scrolls. */
const SHORT = 25;

/** A row that can show any item. @template Item @typedef {{ element: any, show: (item: Item) => void }} Row */

/**
 * @template {{ id: string }} Item
 */
export class VirtualRows {
  /** @type {Item[]} */
  #items = [];
  /** The rows that are in the document, by the ids of their items. @type {Map<string, { row: Row<Item>, item?: Item, index: number }>} */
  #drawn = new Map();
  #height = 0;
  #isPrinting = false;
  #scheduled = 0;
  /** Set while the rows may be out of order. */
  #resting = 0;

  /**
   * @param {any} frame What scrolls. @param {any} body What holds the rows.
   * @param {() => Row<Item>} makeRow @param {() => void} onLost Called when the row that had the focus is gone.
   */
  constructor(frame, body, makeRow, onLost) {
    this.frame = frame;
    this.body = body;
    this.makeRow = makeRow;
    this.onLost = onLost;
    frame.addEventListener('scroll', () => this.#schedule(), { passive: true });
    frame.addEventListener('keydown', () => { if (this.#resting) this.#order(); });
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
    this.#scheduled = 0;
    clearTimeout(this.#resting);
    this.#resting = 0;
  }

  /** Shows these, and keeps the rows of those that have not changed. @param {Item[]} items */
  show(items) {
    this.#items = items;
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
    return this.#drawn.get(id)?.row.element;
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
      this.#fill();
      clearTimeout(this.#resting);
      this.#resting = window.setTimeout(() => this.#order(), REST);
    });
  }

  draw() {
    this.#fill();
    this.#order();
  }

  /** Shows what is in sight now. */
  #fill() {
    this.frame.classList.toggle('tall', this.#isTall);
    if (this.#items.length > 0) this.#height ||= this.#measure();
    this.body.style.blockSize = `${this.#items.length * this.#height}px`;
    const { from, to } = this.#window();
    const wanted = new Map(this.#items.slice(from, to).map((item, at) => [item.id, { item, index: from + at }]));
    const focused = this.#keepFocused(wanted);
    const free = [...this.#drawn].filter(([id]) => !wanted.has(id));
    for (const [id] of free) this.#drawn.delete(id);
    for (const [id, { item, index }] of wanted) {
      const drawn = this.#drawn.get(id) ?? free.pop()?.[1] ?? this.#add();
      this.#drawn.set(id, drawn);
      if (drawn.item !== item) drawn.row.show(item);
      drawn.item = item;
      if (drawn.index !== index) this.#place(drawn, index);
    }
    for (const [, { row }] of free) row.element.remove();
    this.#refocus(focused);
  }

  /** @returns {{ row: Row<Item>, item?: Item, index: number }} */
  #add() {
    const row = this.makeRow();
    this.body.append(row.element);
    return { row, index: -1 };
  }

  /** Puts the rows in order. The longest run that is so already stays, and with it most rows; and the row that has the focus, which a move would take away. */
  #order() {
    clearTimeout(this.#resting);
    this.#resting = 0;
    const places = new Map([...this.#drawn.values()].map(({ row, index }) => [row.element, index]));
    const before = (/** @type {any} */ a, /** @type {any} */ b) => /** @type {number} */ (places.get(a)) < /** @type {number} */ (places.get(b));
    /** @type {any[]} */
    let kept = [];
    /** @type {any[]} */
    let run = [];
    const rows = [...this.body.children];
    for (const row of rows) {
      if (run.length > 0 && before(row, run.at(-1))) run = [];
      run.push(row);
      if (run.length > kept.length) kept = run;
    }
    const focused = rows.findIndex((row) => row.contains(this.body.getRootNode().activeElement));
    if (focused >= 0) kept = kept.filter((row) => rows.indexOf(row) < focused === before(row, rows[focused])).concat(rows[focused]);
    let next = null;
    for (const row of rows.sort((a, b) => before(a, b) ? 1 : -1)) {
      if (!kept.includes(row)) this.body.insertBefore(row, next);
      next = row;
    }
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

  /** Gives the focus back that was lost with what had it: to the same control of the row. @param {{ id: string, control: any, column: string } | undefined} focused */
  #refocus(focused) {
    if (!focused) return;
    const row = this.#drawn.get(focused.id)?.row.element;
    if (row?.contains(focused.control) && !focused.control.closest('[hidden]')) return;
    const control = row?.querySelector(`[data-column="${focused.column}"] :is(button, input)`);
    if (control && !control.closest('[hidden]')) control.focus();
    else this.onLost();
  }

  /** @param {{ row: Row<Item>, index: number }} drawn @param {number} index */
  #place(drawn, index) {
    drawn.index = index;
    const { element } = drawn.row;
    element.style.insetBlockStart = `${index * this.#height}px`;
    // The heading is the first row.
    element.setAttribute('aria-rowindex', index + 2);
  }

  /** The height of every row, which the style sheet has. */
  #measure() {
    for (const drawn of this.#drawn.values()) drawn.index = -1;
    const [drawn] = this.#drawn.values();
    const row = drawn?.row.element ?? this.body.appendChild(this.makeRow().element);
    const { height } = row.getBoundingClientRect();
    if (!drawn) row.remove();
    return height;
  }
}
