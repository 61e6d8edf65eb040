import type { FunAsrError } from '../core/errors.ts';
import { callback, checkOptions, integer, listOf, oneOf, pick, type Rules, text } from '../core/options.ts';
import { BACKEND_RULES, type BackendOptions } from '../engines/choose-backend.ts';
import { engineChoices } from '../engines/engine-list.ts';
import { ENGINE_NAMES, type EngineName, type EngineOption } from '../engines/engine-option.ts';
import type { TranscribeOptions } from '../transcribe-options.ts';
import { checkChoices } from './backends.ts';

/** Options of {@link openAiDoor}: who recognises, and the limits of uploads. */
export interface OpenAiDoorOptions
  extends Omit<BackendOptions, 'engine' | 'signal' | 'partials' | 'languageHints' | 'onPull'>,
    Pick<TranscribeOptions, 'maxDurationMs' | 'ffmpegPath'> {
  /**
   * Who recognises. `local` without a model is the engine of the service.
   * @default 'local'
   */
  readonly engine?: EngineOption | undefined;
  /** Engines after `engine`: each continues what the one before it cannot do. @default none */
  readonly nextEngines?: readonly EngineName[] | undefined;
  /** Size of the largest file in bytes. The answer to a larger one is 413. @default 512_000_000 */
  readonly maxUploadBytes?: number | undefined;
  /**
   * Most uploads at a time, those that wait for the recogniser included. The answer to further ones is 429.
   * @default 100
   */
  readonly maxUploads?: number | undefined;
  /** Recordings that are recognised at a time. Further ones wait. @default 8 */
  readonly concurrency?: number | undefined;
  /** Longest time without data during an upload, in ms. The answer is 408. @default 30_000 */
  readonly idleMs?: number | undefined;
  /** Longest time of an upload, in ms. The answer is 408. @default 7_200_000 */
  readonly uploadMs?: number | undefined;
  /** Called with each failure of the server: the client receives it too. @default nothing */
  readonly onError?: ((error: FunAsrError) => void) | undefined;
}

const milliseconds = integer(1, 86_400_000, 'ms');
const {
  signal: _signal,
  partials: _partials,
  languageHints: _hints,
  onPull: _pull,
  ...backendRules
} = BACKEND_RULES;

const DOOR_RULES: Rules<OpenAiDoorOptions> = {
  ...backendRules,
  nextEngines: listOf(oneOf(...ENGINE_NAMES)),
  maxDurationMs: integer(1, Number.MAX_SAFE_INTEGER, 'ms'),
  ffmpegPath: text,
  maxUploadBytes: integer(1, Number.MAX_SAFE_INTEGER, 'bytes'),
  maxUploads: integer(1, 100_000),
  concurrency: integer(1, 1000),
  idleMs: milliseconds,
  uploadMs: milliseconds,
  onError: callback,
};

/** What a door works with: its options, checked and with their defaults. */
export interface DoorSettings {
  /** The engines, in the order in which they are tried. */
  readonly choices: readonly BackendOptions[];
  readonly maxUploadBytes: number;
  readonly maxUploads: number;
  readonly concurrency: number;
  readonly idleMs: number;
  readonly uploadMs: number;
  readonly onError: (error: FunAsrError) => void;
  /** The options of each transcription. */
  readonly transcription: Pick<TranscribeOptions, 'maxDurationMs' | 'ffmpegPath'>;
}

/**
 * Checks the options of a door, and its engines as far as that is possible without opening them.
 * @throws {FunAsrError} `E_OPTION`, `E_NO_KEY`
 */
export function doorSettings(options: OpenAiDoorOptions): DoorSettings {
  checkOptions('openAiDoor', options, DOOR_RULES);
  const {
    engine = 'local',
    nextEngines,
    maxUploadBytes = 512_000_000,
    maxUploads = 100,
    concurrency = 8,
    idleMs = 30_000,
    uploadMs = 7_200_000,
    onError = () => {},
    maxDurationMs,
    ffmpegPath,
  } = options;
  const choices = engineChoices({ ...pick(options, backendRules), engine }, nextEngines);
  checkChoices(choices);
  return {
    choices,
    maxUploadBytes,
    maxUploads,
    concurrency,
    idleMs,
    uploadMs,
    onError,
    transcription: { maxDurationMs, ffmpegPath },
  };
}
