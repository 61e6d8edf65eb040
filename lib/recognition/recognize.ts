import type { FunAsrError } from '../core/errors.ts';
import { boolean, checkOptions, integer, oneOf, type Rules, text } from '../core/options.ts';
import type { LastSentence } from '../sentence.ts';
import { STAGE_RULES, type StageOptions } from '../core/stage.ts';
import { checkRequest } from '../protocol/request-check.ts';
import {
  type Endpoint,
  ENDPOINT_RULES,
  type EndpointOptions,
  resolveEndpoint,
} from '../protocol/endpoint.ts';
import { AUDIO_FORMATS, type AudioFormat } from '../media/audio-format.ts';
import { LIMIT_RULES, type Limits, limitsOf } from './task/client-limits.ts';
import { DEFAULT_CLOUD_MODEL, findCloudModel, cloudModelSampleRate } from '../protocol/cloud-models.ts';
import {
  PARAMETER_RULES,
  PARAMETERS,
  type RecognitionParameters,
  toWireParameters,
} from '../protocol/parameters.ts';
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from '../protocol/service-limits.ts';
import type { RecognizeStream } from './events/recognize-events.ts';
import { RecognizerStream } from './recognizer-stream.ts';

/** Options of {@link recognize}: the endpoint, the audio, the limits, and the parameters of recognition. */
export interface RecognizeOptions
  extends EndpointOptions,
    RecognitionParameters,
    StageOptions,
    Partial<Limits> {
  /** @default 'fun-asr-realtime' */
  readonly model?: string | undefined;
  /**
   * Format of the bytes, mono: 16-bit little-endian PCM, as `decode` and `resample` return it; or encoded audio: PCM in
   * WAV, MP3, Opus or Speex in Ogg, AAC in ADTS, AMR-NB. The first bytes are checked against it. After a failure PCM and
   * Opus continue where the text ends; the others are sent again from their first byte.
   * @default 'pcm'
   */
  readonly format?: AudioFormat | undefined;
  /**
   * Sample rate of the audio, in Hz; must be one that the model takes.
   * @default the model's, 16000 where it takes any
   */
  readonly sampleRate?: number | undefined;
  /**
   * Fills the pauses of a live source with silence, so that the service does not end the task after 23 s without audio.
   * The silence is billed like speech and does not count in the times of sentences. Only for `pcm`.
   * @default false
   */
  readonly keepAlive?: boolean | undefined;
  /**
   * Whether the source cannot wait, such as a microphone. Its audio is taken at once, even when the service or the network
   * is slow. Up to ten minutes of it are kept in memory; beyond that the oldest is dropped, which is a `gap` event.
   * Otherwise the source is slowed down, and nothing is dropped.
   * @default false
   */
  readonly live?: boolean | undefined;
}

/** The rules of {@link RecognizeOptions}. */
export const RECOGNIZE_RULES: Rules<RecognizeOptions> = {
  ...ENDPOINT_RULES,
  ...PARAMETER_RULES,
  ...STAGE_RULES,
  ...LIMIT_RULES,
  model: text,
  format: oneOf(...AUDIO_FORMATS),
  sampleRate: integer(MIN_SAMPLE_RATE, MAX_SAMPLE_RATE, 'Hz'),
  keepAlive: boolean,
  live: boolean,
};

/**
 * Recognises speech with Fun-ASR, or with any service that speaks its protocol: audio in, `Sentence` objects out, partial
 * and final. The connection is opened when the first audio arrives. The stream ends when the service has confirmed that
 * everything was recognised. A slow service slows the source.
 *
 * When the connection is lost, or the service fails, throttles or stops answering, the recognition continues in a new task
 * from the end of the last final sentence: no sentence is lost or repeated, and times continue. Audio that makes the service
 * fail its tasks, while other audio is recognised, is given up as a gap; an outage never becomes a gap.
 *
 * Events, in addition to those of a stream: `open` with the task's id when the service has started the first task;
 * `reconnect` with a {@link Reconnect} before each further task after a failure; `gap` with a {@link Gap} for audio that
 * was given up; `warning` with a `FunAsrError` for a loss that is not a failure, such as speech that was not recognised, for
 * a skipped message, and for an option without effect; `metrics` with a {@link RecognitionMetrics} at the end. Fails with a
 * `FunAsrError`, whose `requestId` identifies the task for the support of the service.
 *
 * @throws {FunAsrError} `E_OPTION`, `E_LANGUAGE` or `E_NO_KEY`, immediately and before anything is sent.
 */
export function recognize(options: RecognizeOptions = {}): RecognizeStream {
  return recognizeStream('recognize', options);
}

/** What joins a recognition to other parts of this package. */
export interface RecognizeStreamParts {
  /** The sentence of an earlier recognition after which the input begins. @default the beginning */
  readonly after?: LastSentence | undefined;
  /** The service. @default the one that the options and the environment name */
  readonly endpoint?: Endpoint | undefined;
  /** Whether the service reports speech that it did not recognise. Otherwise the client judges by the audio. @default false */
  readonly reportsUnrecognized?: boolean | undefined;
  /** Adds to a warning what is known about the service. @default nothing */
  readonly explain?: ((warning: FunAsrError) => FunAsrError) | undefined;
  /** Failures of poison audio that are closer together count as one: for tests. @default 5000 */
  readonly poisonSpacingMs?: number | undefined;
}

/**
 * Makes the stage, for `recognize` and for everything that is built on it.
 * @param owner The function whose options they are, for messages.
 */
export function recognizeStream(
  owner: string,
  options: RecognizeOptions,
  parts: RecognizeStreamParts = {},
): RecognizerStream {
  checkOptions(owner, options, RECOGNIZE_RULES);
  const {
    model = DEFAULT_CLOUD_MODEL,
    format = 'pcm',
    sampleRate = cloudModelSampleRate(model),
    keepAlive = false,
    live = false,
  } = options;
  const endpoint = parts.endpoint ?? resolveEndpoint(options);
  const warnings = checkRequest({ ...options, model, sampleRate }, endpoint);
  const stream = new RecognizerStream({
    ...parts,
    endpoint,
    format,
    sampleRate,
    keepAlive: keepAlive && format === 'pcm',
    isLive: live,
    signal: options.signal,
    task: {
      model,
      phraseId: options.phraseId,
      parameters: {
        format,
        sample_rate: sampleRate,
        ...toWireParameters({ ...options, heartbeat: options.heartbeat ?? defaultHeartbeat(model) }),
      },
      pcmBytesPerMs: format === 'pcm' ? (sampleRate * 2) / 1000 : undefined,
      limits: limitsOf(options),
    },
  });
  // The caller can add its listeners first.
  process.nextTick(() => warnings.forEach((warning) => stream.emit('warning', warning)));
  return stream;
}

/** Without a heartbeat the service ends a task after a minute of silence, so it is on where the model has it. */
function defaultHeartbeat(model: string): true | undefined {
  const family = findCloudModel(model)?.family;
  return family && PARAMETERS.heartbeat.families.includes(family) ? true : undefined;
}
