/** In UTF-16 units. Longer texts take an `Intl.Segmenter` a time that grows with the square of their length. */
const STRETCH = 1000;

const HALF = /^\p{Cs}$/u;

/** What a segmenter parts a text into, however long it is. */
export function* segmentsOf(segmenter: Intl.Segmenter, text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = start + STRETCH;
    const found = Array.from(segmenter.segment(text.slice(start, end)), ({ segment }) => segment);
    // The last one may go on behind the end of the stretch; half of a pair of units hides whether the one before does.
    if (end < text.length && found.length > 1 && HALF.test(found.at(-1) ?? '')) found.pop();
    if (end < text.length && found.length > 1) found.pop();
    yield* found;
    for (const { length } of found) start += length;
  }
}
