import { checkOptions } from '../core/options.ts';
import { type FinalSentence, isSentenceEnd, type Sentence } from '../sentence.ts';
import { STAGE_RULES, type StageOptions, type Step, stage } from '../core/stage.ts';
import { checkSentences } from './check-sentence.ts';
import type { DuplexEvents, TypedDuplex } from '../core/typed-stream.ts';

/** The stage that {@link sentenceEnd} makes: sentences in, final sentences out. */
export interface SentenceEndStream extends TypedDuplex<DuplexEvents<FinalSentence>> {}

/**
 * Passes final sentences on and drops partial ones. The rule is {@link isSentenceEnd} in `sentence.ts`. Two other rules
 * are applied before it: `protocol/result-finality.ts` decides which results of the service are final, and
 * `engines/local/sentence-splitter.ts` decides where the local engine ends a sentence.
 */
export const finals: Step<Sentence, FinalSentence> = {
  feed: (sentence) => (isSentenceEnd(sentence) ? [sentence] : []),
  end: () => [],
};

/**
 * `Sentence` objects → only the final ones, unchanged. The text formats ignore partial sentences anyway; this stage is
 * for other consumers of `recognize`.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function sentenceEnd(options: StageOptions = {}): SentenceEndStream {
  checkOptions('sentenceEnd', options, STAGE_RULES);
  return stage(checkSentences('sentenceEnd', finals), { objectMode: true, signal: options.signal });
}
