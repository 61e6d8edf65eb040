/**
 * Limits of time and size of the service. The client stays within them, and the local service enforces them. Tests set
 * other times in the local service.
 */

/** A task that a {@link StartLimiter} counts. Only the first call has an effect. */
export interface CountedTask {
  /** It has ended, or was not started. */
  end(): void;
  /** The service has refused it because too many are running. */
  refuse(): void;
}

/** Limits how fast new tasks are started, and how many there are at a time. */
export interface StartLimiter {
  /**
   * Waits until a task may be started.
   * @throws an `AbortError` when the signal aborts first.
   */
  acquire(signal: AbortSignal): Promise<CountedTask>;
  /** The service asks for fewer tasks a second. @param delayMs No task is started for this time. */
  throttled(delayMs: number): void;
}

/** New tasks a second for Fun-ASR and Paraformer, by account and model. Source: the official page of rate limits. */
export const TASKS_PER_SECOND = 20;

/** A running task that receives no audio fails after this time. Source: the official page, and published messages. */
export const NO_AUDIO_TIMEOUT_MS = 23_000;

/** A task without `heartbeat` fails after this duration of silent audio. Source: the official Python SDK page. */
export const SILENCE_TIMEOUT_MS = 60_000;

/** A connection without a task is closed after this time. Source: the official page. */
export const IDLE_TIMEOUT_MS = 60_000;

/** Silent audio between two heartbeats of a task with `heartbeat`. Chosen for the local service: not published. */
export const HEARTBEAT_INTERVAL_MS = 1000;

/** A task with less audio fails with `EmptyAudio`. Source: reports of users. */
export const MIN_AUDIO_MS = 200;

/** Largest audio frame that a client sends. Source: the official Python SDK page, which recommends 1 to 16 KB. */
export const MAX_FRAME_BYTES: number = 16 * 1024;

/**
 * Largest text message of a client, in characters. Most have less than 1 KB, those with context a few, one with 2000 hot
 * words up to this. The limit of the cloud is not published.
 */
export const MAX_ACTION_LENGTH: number = 48 * 1024;

/** Largest message that the local service accepts, text or audio. Larger than any frame of the official SDKs. */
export const MAX_CLIENT_MESSAGE_BYTES: number = 64 * 1024;

/** Largest message of the service that the client accepts. Results grow with the sentence, but stay far below. */
export const MAX_SERVICE_MESSAGE_BYTES: number = 1024 * 1024;

/** Longest life of a temporary key, in s. Source: the official page on temporary API keys. */
export const MAX_TEMPORARY_KEY_SECONDS = 1800;

/** Life of a temporary key when a request does not name one, in s. Source: the same page. */
export const DEFAULT_TEMPORARY_KEY_SECONDS = 60;

/** Lowest and highest sample rate of any model, in Hz. */
export const MIN_SAMPLE_RATE = 8000;
export const MAX_SAMPLE_RATE = 48_000;
