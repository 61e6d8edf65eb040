import { type Heard, readHeard } from '../audio/transcript-code.ts';
import type { Script, ScriptedSentence } from '../audio/script.ts';

/** What {@link compare} needs of a final sentence that a client gave out. */
export interface ReceivedSentence {
  /** In ms from the start of the audio. */
  readonly begin_time: number;
  /** In ms; null, as in a partial sentence, makes it unexpected. */
  readonly end_time: number | null;
  readonly text: string;
}

/** What became of the sentences of a script. Numbers are those of the script, from 1. */
export interface Comparison {
  /** Whether all sentences came once, whole, in order, and nothing else did. The times are not judged. */
  readonly isExact: boolean;
  /** Sentences of which nothing came. */
  readonly lost: readonly number[];
  /** Sentences that came again, once for each time. */
  readonly duplicated: readonly number[];
  /** Sentences that came, but not as they are: a part was missing or was heard twice. */
  readonly cut: readonly number[];
  /** Sentences that came after one that follows them. */
  readonly disordered: readonly number[];
  /** What is none of the script. */
  readonly unexpected: readonly ReceivedSentence[];
  /** Greatest distance of a begin or end from the script's, in ms, over the sentences that came whole. */
  readonly largestTimeErrorMs: number;
}

/**
 * Compares what a client gave out with what was spoken. Sentences are told by the number that their text says, those with
 * a text of the script by that and their time.
 * @param sentences The final ones, in the order in which they came.
 */
export function compare({ sentences: spoken }: Script, sentences: Iterable<ReceivedSentence>): Comparison {
  const came = new Set<number>();
  const [duplicated, cut, disordered]: [number[], number[], number[]] = [[], [], []];
  const unexpected: ReceivedSentence[] = [];
  let latest = 0;
  let largestTimeErrorMs = 0;
  for (const sentence of sentences) {
    const heard = readHeard(sentence.text);
    const number = heard?.number ?? closest(spoken, sentence);
    const original = spoken[number - 1];
    if (!original || sentence.end_time === null) {
      unexpected.push(sentence);
      continue;
    }
    if (came.has(number)) duplicated.push(number);
    else if (number < latest) disordered.push(number);
    came.add(number);
    latest = Math.max(latest, number);
    if (heard && !isWhole(heard, original)) cut.push(number);
    else {
      largestTimeErrorMs = Math.max(
        largestTimeErrorMs,
        Math.abs(sentence.begin_time - original.begin_time),
        Math.abs(sentence.end_time - original.end_time),
      );
    }
  }
  const lost = spoken.map((_, index) => index + 1).filter((number) => !came.has(number));
  const isExact = [lost, duplicated, cut, disordered, unexpected].every(({ length }) => length === 0);
  return { isExact, lost, duplicated, cut, disordered, unexpected, largestTimeErrorMs };
}

function isWhole({ spans: [span, ...others] }: Heard, { begin_time, end_time }: ScriptedSentence): boolean {
  return others.length === 0 && span?.[0] === begin_time && span[1] === end_time;
}

/** Number of the sentence with the same text that a sentence lies on, for the most part; 0 for none. */
function closest(
  spoken: readonly ScriptedSentence[],
  { text, begin_time, end_time }: ReceivedSentence,
): number {
  let [number, most] = [0, 0];
  for (const [index, original] of spoken.entries()) {
    if (original.text !== text) continue;
    const common = Math.min(end_time ?? 0, original.end_time) - Math.max(begin_time, original.begin_time);
    if (common > most) [number, most] = [index + 1, common];
  }
  return number;
}
