import { checkArgument, checkOptions, integer, number } from '../../core/options.ts';
import { RandomGenerator } from '../random-generator.ts';
import { MAX_DURATION_MS, type Script, type ScriptedSentence } from './script.ts';

/** Options of {@link randomScript}. */
export interface RandomScriptOptions {
  /** Length of the audio, in ms. @default 30_000 */
  readonly durationMs?: number | undefined;
}

/** Short answers that are repeated: a client that detects duplicates by their text drops a real one. */
const ANSWERS = ['yes', 'no', 'okay'] as const;
const MAX_ANSWER_MS = 900;

/** Lengths in ms. Odd limits, so that sentences rarely start or end at the boundary of a frame. */
const SENTENCE = { min: 150, max: 4000 };
const PAUSE = { min: 37, max: 1900 };
const LONG_SILENCE = { min: 3000, max: 9000 };

/**
 * Generates a script from a seed: sentences and pauses of odd lengths, sentences without a pause in between, short
 * answers that are repeated word for word, and long silences. The same seed gives the same script.
 * @throws {FunAsrError} `E_OPTION`
 */
export function randomScript(seed: number, options: RandomScriptOptions = {}): Script {
  checkArgument('randomScript', 'the seed', seed, number(-Number.MAX_VALUE, Number.MAX_VALUE));
  checkOptions('randomScript', options, { durationMs: integer(0, MAX_DURATION_MS, 'ms') });
  const { durationMs = 30_000 } = options;
  const random = new RandomGenerator(seed);
  const sentences: ScriptedSentence[] = [];
  const between = ({ min, max }: { min: number; max: number }) => random.integer(min, max);
  let answer: string | undefined;
  let now = random.chance(0.2) ? 0 : between(PAUSE);
  for (;;) {
    // An answer is often followed by the same answer.
    answer = random.chance(answer ? 0.6 : 0.2) ? (answer ?? random.pick(ANSWERS)) : undefined;
    const length = answer ? random.integer(SENTENCE.min, MAX_ANSWER_MS) : between(SENTENCE);
    const end = now + length;
    if (end > durationMs) return { durationMs, sentences };
    sentences.push({ begin_time: now, end_time: end, ...(answer && { text: answer }) });
    if (random.chance(0.15)) now = end;
    else now = end + between(random.chance(0.1) ? LONG_SILENCE : PAUSE);
  }
}
