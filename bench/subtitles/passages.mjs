// Reads passages: blocks of lines with an empty line between two blocks. A line is a final sentence of the service, which
// holds one to three written sentences. The times are synthetic: made from the letters, with pauses at punctuation.
import { readFileSync } from 'node:fs';
import { randomFrom } from '../times/random.mjs';

const OPENERS = '「『《〈【（“‘([';
const LATIN = /[A-Za-zÀ-ÿ0-9$€£¥]/;
/** A Latin word, a number with its sign and unit, a URL, an address. */
const WHOLE = /[A-Za-zÀ-ÿ0-9$€£¥](?:[A-Za-zÀ-ÿ0-9@:/._?&=+#'’,%-]*[A-Za-zÀ-ÿ0-9%℃+])?[%℃]?/y;

/** Reads a set. @returns Passages: lists of final sentences with words and times, the same ones each time. */
export function passagesOf(language, set) {
  const file = new URL(`passages/${language}-${set}.txt`, import.meta.url);
  const blocks = readFileSync(file, 'utf8')
    .trim()
    .split(/\n{2,}/);
  return blocks.map((block, index) => {
    const lines = block.split('\n').filter((line) => !line.startsWith('#'));
    return spoken(lines, language, randomFrom(seedOf(`${language}-${set}`) + index));
  });
}

function seedOf(name) {
  return [...name].reduce((hash, char) => (hash * 31 + char.charCodeAt(0)) | 0, 7);
}

/** Gives times to the lines. */
export function spoken(lines, language, random, from = random.integer(0, 900)) {
  const tempo = random.integer(90, 112) / 100;
  let time = from;
  return lines.map((line, index) => {
    const words = tokensOf(line, language).map(({ text, punctuation }) => {
      const begin = time;
      const end =
        begin + Math.max(40, Math.round((lengthOf(text, language) * tempo * random.integer(80, 120)) / 100));
      time = end + pauseAfter(punctuation, random);
      return { begin_time: begin, end_time: end, text, punctuation };
    });
    const end = words.at(-1).end_time;
    const kind = random.integer(1, 100);
    time =
      end +
      (kind <= 8
        ? random.integer(0, 60)
        : kind <= 22
          ? random.integer(1600, 3000)
          : random.integer(300, 900));
    return {
      sentence_id: index + 1,
      begin_time: words[0].begin_time,
      end_time: end,
      text: line,
      words,
      sentence_end: true,
      request_id: 'bench',
    };
  });
}

function pauseAfter(punctuation, random) {
  if (!punctuation) return 0;
  const kind = random.integer(1, 100);
  if (/[.。!！?？]/.test(punctuation)) {
    if (kind <= 8) return random.integer(0, 60);
    return kind <= 14 ? random.integer(1600, 3000) : random.integer(300, 900);
  }
  if (kind <= 20) return 0;
  return /[、]/.test(punctuation) ? random.integer(60, 250) : random.integer(120, 350);
}

/** Milliseconds that a word takes. */
function lengthOf(text, language) {
  let sum = language === 'en' ? 75 : 0;
  for (const char of text) {
    if (/[0-9]/.test(char)) sum += language === 'en' ? 190 : 200;
    else if (/[ァィゥェォャュョぁぃぅぇぉゃゅょー]/.test(char)) sum += 95;
    else if (/[\u3040-\u30ff]/.test(char)) sum += 135;
    else if (/\p{Script=Han}/u.test(char)) sum += language === 'zh' ? 205 : 210;
    else if (/[%℃]/.test(char)) sum += 300;
    else if (/[$€£¥/@]/.test(char)) sum += 150;
    else if (/\p{L}/u.test(char)) sum += 58;
  }
  return language !== 'en' && LATIN.test(text) ? sum + 90 : sum;
}

/** Cuts a line into words as the service does: one character a word in Chinese and Japanese, Latin words and numbers whole. */
export function tokensOf(line, language) {
  return language === 'en' ? latinTokens(line) : hanTokens(line);
}

function latinTokens(line) {
  const tokens = [];
  for (const [index, part] of line.split(' ').entries()) {
    const [, text, punctuation] = /^(.*?)([.,!?;:…"”’)\]]*)$/u.exec(part);
    if (/[\p{L}\p{N}]/u.test(text)) tokens.push({ text: index > 0 ? ` ${text}` : text, punctuation });
    else tokens.at(-1).punctuation += ` ${part}`;
  }
  return tokens;
}

function hanTokens(line) {
  const tokens = [];
  let prefix = '';
  for (let at = 0; at < line.length; ) {
    WHOLE.lastIndex = at;
    const char = WHOLE.exec(line)?.[0] ?? String.fromCodePoint(line.codePointAt(at));
    at += char.length;
    if (char === ' ' || OPENERS.includes(char)) {
      prefix += char;
    } else if (/[\p{L}\p{N}]/u.test(char)) {
      tokens.push({ text: prefix + char, punctuation: '' });
      prefix = '';
    } else {
      tokens.at(-1).punctuation += prefix + char;
      prefix = '';
    }
  }
  return tokens;
}
