import { checkOptions, integer, type Rule } from '../../core/options.ts';
import type { Engine } from '../../service/engine.ts';
import { checkScript, type Script } from '../audio/script.ts';
import type { TimeRange } from '../audio/transcript-code.ts';
import { ExactStream } from './exact-stream.ts';

/** Options of {@link exactEngine}. */
export interface ExactEngineOptions {
  /** The script whose texts the sentences get. @default none: each text lists the audio that was received */
  readonly script?: Script | undefined;
  /** Audio after the end of a sentence before its final result, in ms. @default the task's `max_sentence_silence` */
  readonly finalDelayMs?: number | undefined;
  /** Speech between two partial results, in ms. @default 300 */
  readonly partialIntervalMs?: number | undefined;
  /** Part of the original audio, from and to in ms. Each task that receives any of it fails. @default none */
  readonly poison?: TimeRange | undefined;
}

const anything: Rule = () => undefined;
const milliseconds = integer(0, 86_400_000, 'ms');
const timeRange: Rule = (value) =>
  Array.isArray(value) && value.length === 2 && value[0] < value[1] ? undefined : 'must be [from, to] in ms';

/**
 * Creates an engine that recognises self-describing audio without errors, starting anywhere in it. Text and times show,
 * sample by sample, which audio the service received: anything that a client lost, repeated, moved or cut becomes
 * visible. A sentence that was received completely gets its text from the script, if it has one there. Any other gets a
 * text such as `Sentence 5 received 12000-13500.`, with times in ms of the original audio. Other audio counts as
 * silence.
 * @throws {FunAsrError} `E_OPTION`
 */
export function exactEngine(options: ExactEngineOptions = {}): Engine {
  checkOptions('exactEngine', options, {
    script: anything,
    finalDelayMs: milliseconds,
    partialIntervalMs: integer(1, 86_400_000, 'ms'),
    poison: timeRange,
  });
  const { script, finalDelayMs, partialIntervalMs = 300, poison } = options;
  if (script) checkScript(script);
  return {
    model: 'exact',
    languages: ['zh', 'en', 'ja'],
    sampleRates: [8000, 16_000],
    open: ({ sampleRate = 16_000, maxSentenceSilence, partials, onSentence }) =>
      new ExactStream({
        sampleRate,
        finalDelayMs: finalDelayMs ?? maxSentenceSilence,
        partialIntervalMs: partials ? partialIntervalMs : Infinity,
        script,
        poison,
        onSentence,
      }),
    close: async () => {},
  };
}
