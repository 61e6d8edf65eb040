// The simple way to show captions: wrap all text again for each partial sentence, and show the last lines.
import stringWidth from 'string-width';

const PIECE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}][\p{P}]*|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;

/** The screens for some sentences. */
export function naiveScreens(sentences, { lines, width }) {
  const screens = [];
  let final = '';
  for (const { text, sentence_end } of sentences) {
    const all = final === '' ? text : `${final} ${text}`;
    screens.push(wrap(all, width).slice(-lines));
    if (sentence_end) final = all;
  }
  return screens;
}

function wrap(text, width) {
  const lines = [''];
  let column = 0;
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    const space = column > 0 && text[index - 1] === ' ' ? ' ' : '';
    const pieceWidth = stringWidth(piece);
    if (column === 0 || column + space.length + pieceWidth <= width) {
      lines[lines.length - 1] += space + piece;
      column += space.length + pieceWidth;
    } else {
      lines.push(piece);
      column = pieceWidth;
    }
  }
  return lines;
}
