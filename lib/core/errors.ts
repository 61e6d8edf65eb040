import { withoutKeys } from './redact.ts';

/**
 * The codes of all errors. `E_…` ends the work on one recording or the whole run. `W_…` is a loss that does not: it is
 * emitted as a `warning` event. Match on the code, because messages may change.
 */
export const ERROR_CODES = {
  // Arguments of the caller
  E_OPTION: 'An option is unknown, of the wrong type or out of range.',
  E_STATE: 'A method was called at the wrong time.',
  E_NO_KEY: 'No API key is set.',
  E_LANGUAGE: 'The model does not support the requested language.',
  // The input
  E_READ: 'The input cannot be read: it is missing, forbidden, not a regular file, or reading fails.',
  E_BAD_MEDIA: 'The input contains no audio that can be decoded.',
  E_BAD_TRANSCRIPT: 'A line of a transcript cannot be read.',
  E_TRACK: 'The recording has no such audio track or channel.',
  E_PLAYLIST_REFUSED: 'The input is a playlist: it would make the decoder open other files.',
  E_URL_REFUSED: 'The input is a URL: only local files and streams are read.',
  E_DURATION_LIMIT: 'The recording is longer than the limit.',
  E_COST_LIMIT: 'The recording was not begun: the run would cost more than its limit.',
  E_CHANGED: 'The input changed while it was read.',
  E_CAPTURE:
    'Audio cannot be captured: the device is missing, busy or forbidden, or FFmpeg has no driver for it.',
  // FFmpeg
  E_FFMPEG_MISSING: 'No working FFmpeg was found.',
  E_CODEC: 'No Opus decoder is installed, or it cannot decode more streams at a time.',
  E_DECODE_TIMEOUT: 'FFmpeg stopped making progress.',
  E_DECODE_KILLED: 'FFmpeg was killed by a signal.',
  // The connection
  E_DNS: 'The name of the service cannot be resolved.',
  E_CONNECT: 'The service cannot be reached.',
  E_PROXY: 'The proxy cannot be reached, or rejects the connection.',
  E_TLS: 'The certificate or the encryption of the service is not accepted.',
  E_UPGRADE: 'The server answered, but did not open a WebSocket.',
  E_ENDPOINT: 'The server has no Fun-ASR service at this URL.',
  E_CONNECTION_LOST: 'The connection was lost during a task.',
  E_TIMEOUT: 'The service did not answer in time.',
  E_PROTOCOL: 'The service or the client violated the protocol.',
  // Errors of the service
  E_AUTH: 'The API key was rejected.',
  E_FORBIDDEN: 'The account or the key may not use this model.',
  E_THROTTLED: 'The service limits the number of requests.',
  E_PARAM: 'The service rejected a parameter.',
  E_NO_SPEECH: 'The service found no speech in the audio. A recording without speech is not a failure.',
  E_SERVER: 'The service failed.',
  E_SERVER_SPAN: 'The service did not recognise a part of the recording: it is missing from the text.',
  // The local engine
  E_ENGINE: 'The local engine cannot run on this machine, or failed.',
  E_MODEL_MISSING: 'The model of the local engine is not installed and cannot be downloaded.',
  E_MODEL_REFUSED:
    'A folder does not contain a model that the local engine can run, or a model that was added is not there any more.',
  E_PORT: 'The port is in use or cannot be opened.',
  // The queue
  E_QUEUE: 'The queue cannot be used: Redis cannot be reached, or a package for it is not installed.',
  // Packages of other projects
  E_PACKAGE: 'A package that this part needs is not installed, or has a version that does not fit.',
  // Output files
  E_NOTHING: 'The inputs contain no recording.',
  E_EXISTS:
    'An output exists already, and was not written by this program for the same input, or was edited since.',
  E_LOCKED: 'Another run uses the same folder.',
  E_WRITE: 'An output cannot be written.',
  E_DISK_FULL: 'There is no space left for the outputs.',
  E_INTERRUPTED: 'The work was interrupted.',
  E_INTERNAL: 'A defect of this program.',
  // Losses that do not end the work
  W_DECODE_TAIL: 'The decoder failed after it had returned audio: the text so far is kept.',
  W_DECODE_AGAIN: 'FFmpeg was killed or made no progress: the rest of the recording was decoded again.',
  W_NO_AUDIO: 'The recording contains no audio data: the outputs are empty.',
  W_TRUNCATED: 'Less audio was decoded than the container declares.',
  W_CLOCK: 'Sound is missing in the timestamps of the recording: silence takes its place.',
  W_CAPTURE_SILENT: 'The capture device returns only silence.',
  W_CAPTURE_LOST: 'The capture device failed after it had returned audio: the text so far is kept.',
  W_PACKET:
    'An Opus packet is damaged or late: its sound is missing. Or its time does not continue the one before.',
  W_RECORDING_FULL:
    'The recording has reached the largest size of a WAV file: audio after it is not recorded.',
  W_LOUDEST_CHANNEL: 'The mix of the channels loses one of them: the loudest one is used for that part.',
  W_TRACKS: 'The recording has several audio tracks, and none was chosen.',
  W_SILENT_TRACK: 'The audio track that was used is silent, and another one is not.',
  W_OLD_FFMPEG: 'The only FFmpeg found is old and not meant for untrusted media.',
  W_MESSAGE: 'A message of the service was not understood and was skipped.',
  W_UNSUPPORTED: 'A recording in a folder has a format that is not decoded: it is left out.',
  W_NOTHING: 'A folder or pattern contains no recording.',
  W_LEDGER: 'A part of the list of finished recordings cannot be read: they may be processed again.',
  W_GAP: 'A part of the audio was given up: its text is missing.',
  W_UNRECOGNIZED: 'Speech was detected and not recognised: its words are missing from the text.',
  W_DOUBTFUL: 'Some words may be invented: the speech may be in a language that the model does not know.',
  W_OPTION: 'An option has no effect.',
  W_CPS: 'Some subtitles cannot be read in the time that their words take.',
} as const;

/** Code of a {@link FunAsrError}: a key of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** A part of a recording, in ms from its start. */
export interface TimeSpan {
  readonly beginMs: number;
  readonly endMs: number;
}

/** Properties of a {@link FunAsrError} beside code and message. */
export interface FunAsrErrorDetails {
  /** What the user can do, in one sentence. */
  readonly hint?: string | undefined;
  /** Id of the task at the service, for its support. */
  readonly requestId?: string | undefined;
  /** The service's own `error_code`, unchanged. */
  readonly serviceCode?: string | undefined;
  /** Whether a retry may succeed. @default false */
  readonly retryable?: boolean | undefined;
  /** How long to wait before a retry, as the service asks, in ms. */
  readonly retryAfterMs?: number | undefined;
  /** The part of the recording that is affected, in ms from its start. */
  readonly span?: TimeSpan | undefined;
  readonly cause?: unknown;
}

/**
 * The class of all errors of this package. The message says what happened and names the input, {@link hint} says what the
 * user can do, {@link cause} is the underlying error. Keys are removed from message and hint.
 */
export class FunAsrError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly requestId: string | undefined;
  readonly serviceCode: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly span: TimeSpan | undefined;

  static {
    this.prototype.name = 'FunAsrError';
  }

  constructor(code: ErrorCode, message: string, details: FunAsrErrorDetails = {}) {
    super(
      escapeControls(withoutKeys(message)),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.hint = redacted(details.hint);
    this.requestId = redacted(details.requestId);
    this.serviceCode = redacted(details.serviceCode);
    this.retryable = details.retryable ?? false;
    this.retryAfterMs = details.retryAfterMs;
    this.span = details.span;
  }
}

/** A path or a message of the service may contain control characters, which a terminal would carry out. */
function escapeControls(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, '0');
    return `\\x${code}`;
  });
}

function redacted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : withoutKeys(text);
}

/**
 * Converts anything that was thrown to an error with a code: an `AbortError` becomes `E_INTERRUPTED`, any other error
 * without a code is a defect of this package.
 * @param input Name of the input, for the message.
 */
export function asFunAsrError(error: unknown, input?: string): FunAsrError {
  if (error instanceof FunAsrError) return error;
  if (error instanceof Error && error.name === 'AbortError') return interrupted(input);
  const message = messageOf(error);
  return new FunAsrError('E_INTERNAL', input === undefined ? message : `${input}: ${message}`, {
    cause: error,
    hint: 'This is a defect of the program: please report it.',
  });
}

/**
 * Makes the error of work that was stopped before its end.
 * @param input Name of the input, for the message.
 * @param hint What the user can do. @default to run the command again
 */
export function interrupted(
  input?: string,
  hint = 'Run the same command again to complete it.',
): FunAsrError {
  const message = 'stopped before its end';
  return new FunAsrError('E_INTERRUPTED', input === undefined ? message : `${input}: ${message}`, { hint });
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Code of a system error (`ENOENT`, `ECONNREFUSED`, …); undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
