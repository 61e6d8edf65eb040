import { checkOptions } from '../core/options.ts';
import { type FinalSentence, isSentenceEnd, type Sentence } from '../sentence.ts';
import { STAGE_RULES, type StageOptions, type Step, stage } from '../core/stage.ts';
import type { DuplexEvents, TypedDuplex } from '../core/typed-stream.ts';

/** The stage that {@link sentenceEnd} makes: sentences in, final sentences out. */
export interface SentenceEndStream extends TypedDuplex<DuplexEvents<FinalSentence>> {}

/** Lets final sentences through and drops partial ones. */
export const finals: Step<Sentence, FinalSentence> = {
  feed: (sentence) => (isSentenceEnd(sentence) ? [sentence] : []),
  end: () => [],
};

/**
 * `Sentence` objects → only the final ones, untouched. The writers ignore partial sentences by themselves:
 * this stage is for whatever else stands behind `recognize`.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function sentenceEnd(options: StageOptions = {}): SentenceEndStream {
  checkOptions('sentenceEnd', options, STAGE_RULES);
  return stage(finals, { objectMode: true, signal: options.signal });
}
