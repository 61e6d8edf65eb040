import { checkArgument, type Rule } from '../../core/options.ts';
import { checkScriptShape, type Script, type ScriptedSentence } from '../audio/script.ts';
import { parseTranscript, type ReceivedAudio } from '../audio/transcript-code.ts';

/** The fields of a final sentence that {@link compare} reads. */
export interface ReceivedSentence {
  /** In ms from the start of the audio. */
  readonly begin_time: number;
  /** In ms. A sentence with null, as in a partial result, is unexpected. */
  readonly end_time: number | null;
  readonly text: string;
}

/** The differences between a script and the sentences of a client. Sentence numbers are those of the script, from 1. */
export interface Comparison {
  /** Whether each sentence came once, complete and in order, and nothing else came. Times are not considered. */
  readonly isExact: boolean;
  /** Sentences that did not come. */
  readonly lost: readonly number[];
  /** Sentences that came again, once for each repeat. */
  readonly duplicated: readonly number[];
  /** Sentences of which the service received only a part, or a part twice. */
  readonly damaged: readonly number[];
  /** Sentences that came after a later one. */
  readonly outOfOrder: readonly number[];
  /** Sentences that are not in the script. */
  readonly unexpected: readonly ReceivedSentence[];
  /** Largest difference of a begin or end time from the script, in ms, over the sentences that are not damaged. */
  readonly largestTimeErrorMs: number;
}

/**
 * Compares the sentences of a client with the script. A sentence is identified by the number in its text; one with a text
 * of the script, by that text and its times.
 * @param sentences The final sentences, in the order in which the client produced them.
 * @throws {FunAsrError} `E_OPTION`
 */
export function compare(script: Script, sentences: Iterable<ReceivedSentence>): Comparison {
  checkScriptShape(script);
  const { sentences: expected } = script;
  checkArgument('compare', 'the sentences', sentences, iterable);
  const received = new Set<number>();
  const [duplicated, damaged, outOfOrder]: [number[], number[], number[]] = [[], [], []];
  const unexpected: ReceivedSentence[] = [];
  let latest = 0;
  let largestTimeErrorMs = 0;
  for (const sentence of sentences) {
    checkArgument('compare', 'a sentence', sentence, withText);
    const audio = parseTranscript(sentence.text);
    const number = audio?.number ?? findByText(expected, sentence);
    const original = expected[number - 1];
    if (!original || sentence.end_time === null) {
      unexpected.push(sentence);
      continue;
    }
    if (received.has(number)) duplicated.push(number);
    else if (number < latest) outOfOrder.push(number);
    received.add(number);
    latest = Math.max(latest, number);
    if (audio && !isWhole(audio, original)) damaged.push(number);
    else {
      largestTimeErrorMs = Math.max(
        largestTimeErrorMs,
        Math.abs(sentence.begin_time - original.begin_time),
        Math.abs(sentence.end_time - original.end_time),
      );
    }
  }
  const lost = expected.map((_, index) => index + 1).filter((number) => !received.has(number));
  const isExact = [lost, duplicated, damaged, outOfOrder, unexpected].every(({ length }) => length === 0);
  return { isExact, lost, duplicated, damaged, outOfOrder, unexpected, largestTimeErrorMs };
}

const iterable: Rule = (value) =>
  Symbol.iterator in Object(value) ? undefined : 'must be a list or another iterable';

const withText: Rule = (value) =>
  typeof (Object(value) as Partial<ReceivedSentence>).text === 'string'
    ? undefined
    : 'must be an object with a text';

function isWhole(
  { ranges: [range, ...others] }: ReceivedAudio,
  { begin_time, end_time }: ScriptedSentence,
): boolean {
  return others.length === 0 && range?.[0] === begin_time && range[1] === end_time;
}

/** Returns the number of the sentence with the same text that overlaps the most; 0 if there is none. */
function findByText(
  expected: readonly ScriptedSentence[],
  { text, begin_time, end_time }: ReceivedSentence,
): number {
  let [number, largestOverlap] = [0, 0];
  for (const [index, original] of expected.entries()) {
    if (original.text !== text) continue;
    const overlap = Math.min(end_time ?? 0, original.end_time) - Math.max(begin_time, original.begin_time);
    if (overlap > largestOverlap) [number, largestOverlap] = [index + 1, overlap];
  }
  return number;
}
