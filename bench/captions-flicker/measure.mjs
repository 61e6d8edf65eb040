// How many words move on a screen of captions. Shares no code with lib/.
import stringWidth from 'string-width';

const SPACELESS = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}`;
const WORD = new RegExp(String.raw`[${SPACELESS}][^\p{L}\p{N}\s]*|[^\s${SPACELESS}]+`, 'gu');
const widths = new Map();

function widthOf(text) {
  const width = widths.get(text) ?? stringWidth(text);
  widths.set(text, width);
  return width;
}

/**
 * The words of a line with their columns. A character of a script without spaces is a word.
 * @param {string} line
 */
export function wordsOf(line) {
  const words = [];
  let end = 0;
  let column = 0;
  for (const { 0: text, index } of line.matchAll(WORD)) {
    column += widthOf(line.slice(end, index));
    words.push({ text, column });
    column += widthOf(text);
    end = index + text.length;
  }
  return words;
}

/**
 * Counts the words of one screen that the next screen shows elsewhere, shows differently, or does not show (`moved`), and
 * those of them that are still shown, elsewhere (`jumped`). Lines count from the bottom. Words that have left with a roll by
 * whole lines do not count. The last word may become longer.
 * @param {readonly string[]} before
 * @param {readonly string[]} after
 * @param {number} height Number of lines of a full screen.
 */
export function movedWords(before, after, height) {
  const texts = new Set(after.flatMap(wordsOf).map(({ text }) => text));
  // A screen without a word of the one before has rolled as a whole.
  if (!before.flatMap(wordsOf).some(({ text }) => texts.has(text))) return { moved: 0, jumped: 0 };
  const counts = [];
  for (let roll = 0; roll < Math.max(2, height); roll += 1) {
    const moved = movedAfterRoll(before, after, height, roll);
    counts.push({ moved: moved.length, jumped: moved.filter((text) => texts.has(text)).length });
  }
  return counts.reduce((least, count) => (count.moved < least.moved ? count : least));
}

function movedAfterRoll(before, after, height, roll) {
  const moved = [];
  const lastLine = before.findLastIndex((line) => line !== '');
  for (const [index, line] of before.entries()) {
    const fromBottom = before.length - 1 - index + roll;
    if (fromBottom >= height) continue;
    const there = wordsOf(after[after.length - 1 - fromBottom] ?? '');
    const words = wordsOf(line);
    for (const [at, { text, column }] of words.entries()) {
      const word = there.find((other) => other.column === column)?.text;
      const mayGrow = index === lastLine && at === words.length - 1;
      if (word !== text && !(mayGrow && word?.startsWith(text))) moved.push(text);
    }
  }
  return moved;
}

/**
 * Adds {@link movedWords} over a sequence of screens.
 * @param {readonly (readonly string[])[]} screens
 * @param {number} height
 */
export function flicker(screens, height) {
  const total = { moved: 0, jumped: 0 };
  for (const [index, screen] of screens.entries()) {
    const { moved, jumped } = movedWords(screens[index - 1] ?? [], screen, height);
    total.moved += moved;
    total.jumped += jumped;
  }
  return total;
}
