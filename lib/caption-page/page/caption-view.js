/** Text whose width is that of most Latin text, and a character of two units. */
const SAMPLES = ['The quick brown fox jumps over the lazy dog while many more words follow', '字'];
/** Room for lines whose letters are wider than those of the samples. */
const RESERVE = 1.1;

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
    this.#lines = Array.from({ length: count }, () => newLine());
    this.#box.replaceChildren(...this.#lines);
  }

  /** @param {readonly string[]} lines */
  show(lines) {
    for (const [index, line] of this.#lines.entries()) {
      const text = lines[index] ?? '';
      if (line.textContent === text) continue;
      line.textContent = text;
      // A line that is too wide all the same, of capitals for example, is condensed: a break would move more words.
      const excess = line.offsetWidth / this.#box.clientWidth;
      line.style.transform = excess > 1 ? `scaleX(${1 / excess})` : '';
    }
  }

  /** The room for text, as the server counts it: in half-width units. */
  get size() {
    const units = Math.floor(this.#box.clientWidth / (this.#unitWidth() * RESERVE));
    return { lines: this.#lines.length, width: Math.max(10, Math.min(200, units)) };
  }

  #unitWidth() {
    const widths = SAMPLES.map((sample) => {
      const line = newLine();
      line.textContent = sample;
      this.#box.append(line);
      const width = line.offsetWidth / (sample.length === 1 ? 2 : sample.length);
      line.remove();
      return width;
    });
    return Math.max(1, ...widths);
  }
}

function newLine() {
  const line = document.createElement('div');
  line.className = 'line';
  return line;
}
