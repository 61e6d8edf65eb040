import type { FunAsrError } from '../core/errors.ts';
import { refuseWrongChunks } from '../core/chunk.ts';
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
import { contextMessages } from '../protocol/context.ts';
import {
  PARAMETER_RULES,
  PARAMETERS,
  parametersFor,
  type RecognitionParameters,
  toWireParameters,
} from '../protocol/parameters.ts';
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE, type StartLimiter } from '../protocol/service-limits.ts';
import type { RecognizedBy } from './events/diagnostics.ts';
import type { OpenRecording } from './events/open-recording.ts';
import { RecognizerStream } from './recognizer-stream.ts';

/** Options of {@link recognizeStream}: the endpoint, the audio, the limits, and the parameters of recognition. */
export interface RecognizeStreamOptions
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
   * Whether the source cannot wait, such as a microphone. Its audio is taken at once, even when the service or the
   * network is slow. Up to ten minutes of it are kept in memory; beyond that the oldest is dropped, which is a `gap`
   * event. Otherwise the source is slowed down, and nothing is dropped.
   * @default false
   */
  readonly live?: boolean | undefined;
}

/** The rules of {@link RecognizeStreamOptions}. */
export const RECOGNIZE_STREAM_RULES: Rules<RecognizeStreamOptions> = {
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

/** What joins a recognition to other parts of this package. */
export interface RecognizeStreamParts {
  /** The sentence of an earlier recognition after which the input begins. @default the beginning */
  readonly after?: LastSentence | undefined;
  /** The service. @default the one that the options and the environment name */
  readonly endpoint?: Endpoint | undefined;
  /**
   * Whether the service reports speech that it did not recognise. Otherwise the client judges by the audio.
   * @default false
   */
  readonly reportsUnrecognized?: boolean | undefined;
  /** ISO 639 codes that the service recognises; empty when they are not known. @default those of the model */
  readonly languages?: readonly string[] | undefined;
  /** Adds to a warning what is known about the service. `hasText`: whether any speech was recognised. @default nothing */
  readonly explainWarning?: ((warning: FunAsrError, hasText: boolean) => FunAsrError) | undefined;
  /** Replaces the failure of a task by what is known about it. @default the failure itself */
  readonly explainFailure?: ((failure: FunAsrError) => FunAsrError) | undefined;
  /** Limits how fast tasks are started. @default the limiter of this process */
  readonly limiter?: StartLimiter | undefined;
  /** Who recognises. @default the cloud, with the model of the options */
  readonly recognizedBy?: RecognizedBy | undefined;
  /** The recording that the input is a part of, for diagnostics. @default none */
  readonly recording?: OpenRecording | undefined;
  /** Failures of poison audio that are closer together count as one: for tests. @default 5000 */
  readonly poisonSpacingMs?: number | undefined;
}

/**
 * Makes the stage, for `recognize` and for everything that is built on it.
 * @param owner The function whose options they are, for messages.
 */
export function recognizeStream(
  owner: string,
  options: RecognizeStreamOptions,
  { recognizedBy, recording, ...parts }: RecognizeStreamParts = {},
): RecognizerStream {
  checkOptions(owner, options, RECOGNIZE_STREAM_RULES);
  const {
    model = DEFAULT_CLOUD_MODEL,
    format = 'pcm',
    sampleRate = cloudModelSampleRate(model),
    keepAlive = false,
    live = false,
  } = options;
  const endpoint = parts.endpoint ?? resolveEndpoint(options);
  const warnings = checkRequest({ ...options, model, sampleRate }, endpoint, parts.languages);
  const parameters = parametersFor(findCloudModel(model), options);
  const stream = refuseWrongChunks(
    new RecognizerStream({
      ...parts,
      endpoint,
      format,
      sampleRate,
      keepAlive: keepAlive && format === 'pcm',
      isLive: live,
      signal: options.signal,
      facts: { engine: 'cloud', model, ...recognizedBy, recordingId: recording?.id },
      task: {
        model,
        phraseId: options.phraseId,
        context: parameters.context === undefined ? undefined : contextMessages(parameters.context),
        parameters: {
          format,
          sample_rate: sampleRate,
          ...toWireParameters({ ...parameters, heartbeat: options.heartbeat ?? defaultHeartbeat(model) }),
        },
        pcmBytesPerMs: format === 'pcm' ? (sampleRate * 2) / 1000 : undefined,
        limits: limitsOf(options),
      },
    }),
  );
  // The caller can add its listeners first.
  process.nextTick(() => warnings.forEach((warning) => stream.emit('warning', warning)));
  return stream;
}

/** Without a heartbeat the service ends a task after a minute of silence, so it is on where the model has it. */
function defaultHeartbeat(model: string): true | undefined {
  const family = findCloudModel(model)?.family;
  return family && PARAMETERS.heartbeat.families.includes(family) ? true : undefined;
}
