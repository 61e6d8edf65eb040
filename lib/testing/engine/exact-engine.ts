import { checkOptions, integer, type Rule } from '../../core/options.ts';
import type { Engine } from '../../service/engine.ts';
import { ExactStream } from './exact-stream.ts';
import type { Span } from '../audio/transcript-code.ts';
import { checkScript, type Script } from '../audio/script.ts';

/** Options of {@link exactEngine}. */
export interface ExactEngineOptions {
  /** Gives the sentences their texts. @default none: every text says what was heard */
  readonly script?: Script | undefined;
  /** Audio that must follow the end of a sentence before its final result, in ms. @default the task's `max_sentence_silence` */
  readonly finalDelayMs?: number | undefined;
  /** Speech between two partial results, in ms. @default 300 */
  readonly partialEveryMs?: number | undefined;
  /** Fails each task that hears this part of the audio, from and to in ms. @default none */
  readonly poison?: Span | undefined;
}

const anything: Rule = () => undefined;
const milliseconds = integer(0, 86_400_000, 'ms');
const span: Rule = (value) =>
  Array.isArray(value) && value.length === 2 && value[0] < value[1] ? undefined : 'must be [from, to] in ms';

/**
 * An engine that recognises self-describing audio, from wherever it begins, and tells the truth about it: text and times
 * show what the service heard, sample by sample, so that whatever a client lost, repeated, moved or cut comes out. A
 * sentence of which all was heard has the text of the script, when there is one; else the text is
 * `Sentence 5 heard 12000-13500.`, with the times in ms that the audio says of itself. What says nothing of itself is
 * silence.
 * @throws {FunAsrError} `E_OPTION`
 */
export function exactEngine(options: ExactEngineOptions = {}): Engine {
  checkOptions('exactEngine', options, {
    script: anything,
    finalDelayMs: milliseconds,
    partialEveryMs: integer(1, 86_400_000, 'ms'),
    poison: span,
  });
  const { script, finalDelayMs, partialEveryMs = 300, poison } = options;
  if (script) checkScript(script);
  return {
    model: 'exact',
    languages: ['zh', 'en', 'ja'],
    sampleRates: [8000, 16_000],
    open: ({ sampleRate = 16_000, maxSentenceSilence, partials, onSentence }) =>
      new ExactStream({
        sampleRate,
        finalDelayMs: finalDelayMs ?? maxSentenceSilence,
        partialEveryMs: partials ? partialEveryMs : Infinity,
        script,
        poison,
        onSentence,
      }),
    close: async () => {},
  };
}
