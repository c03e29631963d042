// A line that is typed or pasted into a terminal in raw mode, piece by piece.

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
const CTRL_W = '\x17';
const ESCAPE = '\x1b';
/** A terminal may put these around what is pasted (bracketed paste). */
const PASTE = '[200~';
const PASTED = '[201~';
/** What can stand after an escape, while the sequence is not whole: of a key that types nothing, or of a paste. */
const BEGINNING = /^(\[[0-9;?]*[ -/]*|O|)$/;

export class Line {
  /** @type {string[]} */
  #letters = [];
  /** What came after an escape, while its sequence is not whole; `undefined` outside of one. @type {string | undefined} */
  #sequence;
  #isPasting = false;

  /** What was entered. The line ends that a paste had at its end are no part of it. */
  get text() {
    return this.#letters.join('').replace(/[\r\n]+$/, '');
  }

  /**
   * Takes the next piece: whether the line is over.
   * @param {string} piece
   * @returns {'entered' | 'interrupted' | undefined}
   */
  type(piece) {
    // Somebody may have pressed Escape by itself, and types on.
    if (this.#sequence === '' && !/^[[O]/.test(piece)) this.#sequence = undefined;
    for (const letter of piece) {
      const done = this.#sequence === undefined ? this.#take(letter) : this.#follow(this.#sequence, letter);
      if (done) return done;
    }
    return undefined;
  }

  /** @param {string} sequence @param {string} letter @returns {'entered' | undefined} */
  #follow(sequence, letter) {
    const more = letter === ESCAPE ? '' : sequence + letter;
    this.#sequence = BEGINNING.test(more) ? more : undefined;
    if (more === PASTE) this.#isPasting = true;
    if (more !== PASTED) return undefined;
    this.#isPasting = false;
    // An end of line that came along enters it, as without brackets.
    return this.#letters.at(-1) === '\n' ? 'entered' : undefined;
  }

  /** @param {string} letter @returns {'entered' | 'interrupted' | undefined} */
  #take(letter) {
    if (letter === ESCAPE) this.#sequence = '';
    else if (letter === '\r' || letter === '\n') {
      if (!this.#isPasting) return 'entered';
      // What is pasted is looked at whole; the checker names a line break in it.
      this.#letters.push('\n');
    } else if (letter === CTRL_C) return 'interrupted';
    else if (letter === CTRL_D) return this.#letters.length === 0 ? 'entered' : undefined;
    else if (letter === '\x7f' || letter === '\b') this.#letters.pop();
    else if (letter === CTRL_U) this.#letters = [];
    else if (letter === CTRL_W) this.#letters = [...this.#letters.join('').replace(/\S*\s*$/, '')];
    else if (letter >= ' ' || letter === '\t') this.#letters.push(letter);
    return undefined;
  }
}
