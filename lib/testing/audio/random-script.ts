import { checkOptions, integer } from '../../core/options.ts';
import { Dice } from '../random-generator.ts';
import { MAX_DURATION_MS, type Script, type ScriptedSentence } from './script.ts';

/** Options of {@link randomScript}. */
export interface RandomScriptOptions {
  /** Length of the audio, in ms. @default 30_000 */
  readonly durationMs?: number | undefined;
}

/** What people say again and again: whoever tells repeats by their text loses one. */
const ANSWERS = ['yes', 'no', 'okay'] as const;

/** Lengths in ms: odd ones, so that nothing falls on the border of a frame by itself. */
const SENTENCE = { least: 150, greatest: 4000 };
const PAUSE = { least: 37, greatest: 1900 };
const LONG_SILENCE = { least: 3000, greatest: 9000 };

/**
 * Makes a script by chance, the same for the same seed: sentences and pauses of odd lengths, sentences that follow each
 * other without a pause, short answers that are repeated word for word, and long silences.
 * @throws {FunAsrError} `E_OPTION`
 */
export function randomScript(seed: number, options: RandomScriptOptions = {}): Script {
  checkOptions('randomScript', options, { durationMs: integer(0, MAX_DURATION_MS, 'ms') });
  const { durationMs = 30_000 } = options;
  const dice = new Dice(seed);
  const sentences: ScriptedSentence[] = [];
  const between = ({ least, greatest }: { least: number; greatest: number }) => dice.integer(least, greatest);
  let answer: string | undefined;
  let now = dice.isHit(0.2) ? 0 : between(PAUSE);
  for (;;) {
    // An answer is likely to come again, as it would be from somebody who agrees three times.
    answer = dice.isHit(answer ? 0.6 : 0.2) ? (answer ?? dice.oneOf(ANSWERS)) : undefined;
    const length = answer ? dice.integer(SENTENCE.least, 900) : between(SENTENCE);
    const end = now + length;
    if (end > durationMs) return { durationMs, sentences };
    sentences.push({ begin_time: now, end_time: end, ...(answer && { text: answer }) });
    if (dice.isHit(0.15)) now = end;
    else now = end + between(dice.isHit(0.1) ? LONG_SILENCE : PAUSE);
  }
}
