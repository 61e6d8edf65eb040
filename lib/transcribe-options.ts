import { channelRule, SELECTION_RULES } from './audio/decode-file.ts';
import { abortSignal, anyOf, integer, listOf, number, oneOf, type Rules, text } from './core/options.ts';
import { BACKEND_RULES, type BackendOptions } from './engines/choose-backend.ts';
import { RECOGNIZE_STREAM_RULES, type RecognizeStreamOptions } from './recognition/recognize-stream.ts';
import type { LastSentence } from './sentence.ts';
import { CALLBACK_RULES, type TranscribeCallbacks } from './transcribe-events.ts';

/** Options of `transcribe()`: those of the stages that it connects, and its own. */
export interface TranscribeOptions
  extends Omit<RecognizeStreamOptions, 'format' | 'sampleRate' | 'keepAlive' | 'live'>,
    BackendOptions,
    TranscribeCallbacks {
  /**
   * Continues after this sentence, the last one of an earlier transcription of the same recording: its audio, and all
   * audio before it, is not sent again. Numbers and times continue: they are those of the whole recording.
   * @default from the beginning
   */
  readonly after?: LastSentence | undefined;
  /**
   * Ends at this time, in ms from the start of the whole recording, exact to the sample. With `after`, only a part of
   * the recording is recognised.
   * @default to the end of the recording
   */
  readonly untilMs?: number | undefined;
  /**
   * The mix of all channels, one channel (counted from 0), or `split`: one recognition per channel, for the two sides of
   * a call. Its sentences are merged by time, numbered over the whole recording, and carry `channel_id` and `speaker`;
   * every channel is billed. A stream is first copied to a private temporary file. Excludes `partials`.
   * @default 'mix'
   */
  readonly channels?: 'mix' | 'split' | number | undefined;
  /** Names of the speakers of the channels of a split recording, in their order. @default Speaker 1, Speaker 2, … */
  readonly speakers?: readonly string[] | undefined;
  /** As in `decodeFile`. @default 'auto' */
  readonly centre?: 'auto' | 'off' | undefined;
  /**
   * The audio track, by its number from 1 or by its language.
   * @default the track in the language of the first hint that has one, else the one that FFmpeg prefers
   */
  readonly audioTrack?: number | string | undefined;
  /** Yields partial sentences too. @default false */
  readonly partials?: boolean | undefined;
  /**
   * Speed at which the audio is sent: as fast as the service accepts it, in real time, or at a multiple of real time.
   * @default 'asap'
   */
  readonly pace?: 'asap' | 'realtime' | number | undefined;
  /**
   * Maximum duration of the decoded audio in ms. The sentences of a longer recording up to it are yielded, then it
   * fails.
   * @default unlimited
   */
  readonly maxDurationMs?: number | undefined;
  /** The FFmpeg to use. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
  /** Name of the recording in messages. @default its path, or `the input stream` */
  readonly name?: string | undefined;
  /**
   * Stops reading the input. The audio that was sent before is recognised, and the iteration ends normally. To abort at
   * once with an `AbortError`, use `signal`.
   */
  readonly stop?: AbortSignal | undefined;
}

// The first two follow from the recording; the others are for live sources.
const {
  format: _format,
  sampleRate: _sampleRate,
  keepAlive: _keepAlive,
  live: _live,
  ...clientRules
} = RECOGNIZE_STREAM_RULES;

/** The rules of the options of the recognition. */
export const CLIENT_RULES: Omit<
  typeof RECOGNIZE_STREAM_RULES,
  'format' | 'sampleRate' | 'keepAlive' | 'live'
> = clientRules;

type RecordingOptions = Pick<
  TranscribeOptions,
  'audioTrack' | 'centre' | 'maxDurationMs' | 'ffmpegPath' | 'name' | 'stop' | 'signal'
>;

/** The rules of the options that concern the recording. */
export const RECORDING_RULES: Rules<RecordingOptions> = {
  ...SELECTION_RULES,
  maxDurationMs: integer(1, Number.MAX_SAFE_INTEGER, 'ms'),
  ffmpegPath: text,
  name: text,
  stop: abortSignal,
  signal: abortSignal,
};

/** The rules of {@link TranscribeOptions}. */
export const TRANSCRIBE_RULES: Rules<TranscribeOptions> = {
  ...CLIENT_RULES,
  ...BACKEND_RULES,
  ...RECORDING_RULES,
  ...CALLBACK_RULES,
  channels: anyOf(oneOf('mix', 'split'), channelRule),
  speakers: listOf(text),
  after: lastSentence,
  untilMs: integer(1, Number.MAX_SAFE_INTEGER, 'ms'),
  pace: anyOf(oneOf('asap', 'realtime'), number(0.01, 1000, 'times real time')),
};

function lastSentence(value: unknown): string | undefined {
  const { sentence_id, end_time } = Object(value) as Partial<LastSentence>;
  const isOne = [sentence_id, end_time].every((field) => Number.isSafeInteger(field) && Number(field) >= 0);
  return isOne ? undefined : 'must be a final sentence, or its sentence_id and end_time';
}
