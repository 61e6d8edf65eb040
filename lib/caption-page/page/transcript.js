import { fetchConfig } from './connection.js';

/** Sentences that are in the document. All of them are kept as text. */
const MAX_SHOWN = 200;
const MAX_RECENT = 1000;

/** The final sentences that the page has shown. */
export class Transcript {
  #list;
  /** Each as one line of JSON: they need less memory than objects. */
  #lines = [];
  #lastId = 0;
  /** Ids of the last sentences: the server may send them again. */
  #recentIds = new Set();

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  get isEmpty() {
    return this.#lines.length === 0;
  }

  get lastId() {
    return this.#lastId;
  }

  get text() {
    return this.#lines.map((line) => JSON.parse(line).text).join('\n');
  }

  add(sentence) {
    if (this.#recentIds.has(sentence.sentence_id)) return;
    this.#recentIds.add(sentence.sentence_id);
    if (this.#recentIds.size > MAX_RECENT) this.#recentIds.delete(this.#recentIds.values().next().value);
    this.#lines.push(JSON.stringify(sentence));
    this.#lastId = Math.max(this.#lastId, sentence.sentence_id);
    if (sentence.text === '') return;
    const item = document.createElement('li');
    item.textContent = sentence.speaker ? `${sentence.speaker}: ${sentence.text}` : sentence.text;
    const isAtEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 50;
    this.#list.append(item);
    if (this.#list.childElementCount > MAX_SHOWN) this.#list.firstElementChild.remove();
    if (isAtEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }

  clear() {
    this.#lines = [];
    this.#lastId = 0;
    this.#recentIds.clear();
    this.#list.replaceChildren();
  }

  /** Saves it as a file, which the server makes of it. @param {'srt' | 'vtt' | 'txt'} format */
  async download(format) {
    const { token } = await fetchConfig();
    const response = await fetch(`/captions/download/${format}`, {
      method: 'POST',
      headers: { 'x-page-token': token, 'content-type': 'application/jsonl' },
      body: this.#lines.join('\n'),
    });
    if (!response.ok) throw new Error(await response.text());
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement('a');
    link.href = url;
    link.download = `captions.${format}`;
    link.click();
    // Later: some browsers read it after the click.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}
