const KEY = 'fun-asr-captions';
const COLOURS = {
  'white-on-black': ['#fff', '#000'],
  'yellow-on-black': ['#ff0', '#000'],
  'black-on-white': ['#000', '#fff'],
};
const LANGUAGES = ['', 'en', 'zh', 'yue', 'ja', 'ko'];
const MIN_SIZE = 0.5;
const MAX_SIZE = 3;
const STEP = 1.2;

/** How captions look. It is kept in the browser; the address wins: `?size=150&lines=3&color=yellow&background=navy`. */
export class Settings {
  size = 1;
  lines = 2;
  colours = 'white-on-black';
  /** Of the speech; empty: it is recognised, too. */
  language = '';
  #address;

  /** @param {URLSearchParams} address */
  constructor(address) {
    this.#address = address;
    this.#take(stored());
    const given = Object.fromEntries(address);
    if (given.size) this.#take({ size: Number(given.size) / 100 });
    this.#take({ lines: Number(given.lines), colours: given.colours, language: given.language });
  }

  resize(direction) {
    this.#take({ size: this.size * STEP ** direction });
    this.#keep();
  }

  set(values) {
    this.#take(values);
    this.#keep();
  }

  /** Applies it to the document. */
  apply() {
    const { style } = document.documentElement;
    const [text, ground] = COLOURS[this.colours];
    style.setProperty('--text', colour(this.#address.get('color'), text));
    style.setProperty('--ground', colour(this.#address.get('background'), ground));
    style.setProperty('--size', String(this.size));
    style.setProperty('--lines', String(this.lines));
  }

  #take({ size, lines, colours, language }) {
    if (Number.isFinite(size)) this.size = Math.max(MIN_SIZE, Math.min(MAX_SIZE, size));
    if (Number.isInteger(lines) && lines >= 1 && lines <= 4) this.lines = lines;
    if (Object.hasOwn(COLOURS, colours ?? '')) this.colours = colours;
    if (LANGUAGES.includes(language)) this.language = language;
  }

  #keep() {
    const { size, lines, colours, language } = this;
    try {
      localStorage.setItem(KEY, JSON.stringify({ size, lines, colours, language }));
    } catch {
      // Some browsers keep nothing in private windows.
    }
  }
}

function stored() {
  try {
    return Object(JSON.parse(localStorage.getItem(KEY)));
  } catch {
    return {};
  }
}

function colour(value, otherwise) {
  return value && CSS.supports('color', value) ? value : otherwise;
}
