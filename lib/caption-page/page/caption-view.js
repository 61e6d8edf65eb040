/** Width of a half-width character, in parts of the font size: Latin text is narrower in the mean. */
const UNIT_EM = 0.56;

/** The large lines. Only what changes is written, and each line has a place of its own. */
export class CaptionView {
  #box;
  #lines = [];

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
  }

  /** Shows the number of lines. @param {number} count */
  setLineCount(count) {
    this.#lines = Array.from({ length: count }, () => {
      const line = document.createElement('div');
      line.className = 'line';
      return line;
    });
    this.#box.replaceChildren(...this.#lines);
  }

  /** @param {readonly string[]} lines */
  show(lines) {
    for (const [index, line] of this.#lines.entries()) {
      const text = lines[index] ?? '';
      if (line.textContent === text) continue;
      line.textContent = text;
      // A line of wide letters is condensed: another break would move words.
      const excess = line.offsetWidth / this.#box.clientWidth;
      line.style.transform = excess > 1 ? `scaleX(${1 / excess})` : '';
    }
  }

  /** The room for text, as the server counts it. */
  get size() {
    const fontSize = Number.parseFloat(getComputedStyle(this.#box).fontSize);
    const units = Math.floor(this.#box.clientWidth / (fontSize * UNIT_EM));
    return { lines: this.#lines.length, width: Math.max(10, Math.min(200, units)) };
  }
}
