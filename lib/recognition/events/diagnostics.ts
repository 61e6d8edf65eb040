import { channel } from 'node:diagnostics_channel';
import type { FunAsrError } from '../../core/errors.ts';
import { withoutKeys } from '../../core/redact.ts';
import type { Region } from '../../protocol/addresses.ts';
import type { RecognitionMetrics } from './metrics.ts';

/** The state of the work on one recording: a call of `transcribe`, or a recording of a run of the command line. */
export interface RecordingDiagnostics {
  /** 1, 2, 3 … in this process. */
  readonly recordingId: number;
  /** `aborted`: the caller has stopped it. */
  readonly state: 'started' | 'finished' | 'failed' | 'aborted';
  /** Its path, or its name in messages. */
  readonly input: string;
  /** Final sentences, also those of an earlier run. At the end. */
  readonly sentences?: number | undefined;
  /** Length of the audio as far as it was read, in ms. At the end. */
  readonly durationMs?: number | undefined;
  /** Why it failed. */
  readonly error?: unknown;
}

/** The state of one recognition: a stage that recognises, from its first audio to its end. */
export interface RecognitionDiagnostics extends WithRecognitionId {
  /** The recording that it is a part of: a channel, or a part; undefined for a stage that is used alone. */
  readonly recordingId: number | undefined;
  /** `aborted`: the stage was destroyed. */
  readonly state: 'started' | 'finished' | 'failed' | 'aborted';
  readonly engine: RecognizedBy['engine'];
  readonly model: string;
  /** Address of the service. That of a local engine is known when it is open. */
  readonly url: string;
  /** Undefined for an address that is not one of Fun-ASR. */
  readonly region: Region | undefined;
  /** At the end, if a task was requested. */
  readonly metrics?: RecognitionMetrics | undefined;
  /** Why it failed. */
  readonly error?: unknown;
}

/** Says which recognition a message is about. */
export interface WithRecognitionId {
  /** 1, 2, 3 … in this process: one for each stage that recognises. */
  readonly recognitionId: number;
}

/** Who recognises. */
export interface RecognizedBy {
  readonly engine: 'cloud' | 'local' | 'funasr';
  readonly model: string;
}

/** A connection to the service was opened, or an idle one is reused. */
export interface ConnectionDiagnostics {
  readonly connectionId: number;
  readonly url: string;
  readonly isReused: boolean;
  /** For key function, proxy, DNS, TCP, TLS and upgrade together, in ms; 0 for one that is reused. */
  readonly openedInMs: number;
}

/** A task started, finished or failed. */
export interface TaskDiagnostics {
  readonly connectionId: number;
  readonly requestId: string;
  readonly state: 'started' | 'finished' | 'failed';
  /** Where in the input its audio begins, in ms. */
  readonly fromMs: number;
  /** Where in the input the audio that it was sent ends, in ms. */
  readonly toMs: number;
}

/** The recognition continues in a new task. */
export interface Reconnect {
  /** Why the last task ended. */
  readonly reason: FunAsrError;
  /** 1, 2, 3 … since the last progress. */
  readonly attempt: number;
  /** The wait before the new task, in ms. */
  readonly delayMs: number;
  /** Audio that the new task is sent again, in ms. */
  readonly resentMs: number;
}

/** A part of the input that the service did not answer: nothing of it is in the text. */
export interface Gap {
  /** Milliseconds from the start of the whole input. */
  readonly begin_time: number;
  /** Milliseconds from the start of the whole input. */
  readonly end_time: number;
  /** Why the audio was given up. */
  readonly reason: FunAsrError;
}

/** One message on the wire. Headers are not part of it, and so the key is not. */
export interface WireDiagnostics {
  readonly connectionId: number;
  readonly direction: 'sent' | 'received';
  /** The text of a text message. */
  readonly text?: string;
  /** The size of an audio message, in place of its bytes. */
  readonly audioBytes?: number;
}

/**
 * The messages of each channel of `node:diagnostics_channel`; the names of the channels begin with `fun-asr-streams:`.
 */
export interface Diagnostics {
  recording: RecordingDiagnostics;
  recognition: RecognitionDiagnostics;
  connection: ConnectionDiagnostics & WithRecognitionId;
  task: TaskDiagnostics & WithRecognitionId;
  reconnect: Reconnect & WithRecognitionId;
  gap: Gap & WithRecognitionId;
  metrics: RecognitionMetrics & WithRecognitionId;
  wire: WireDiagnostics;
}

/** The names of the channels of `node:diagnostics_channel`, for tracing. A channel without subscribers costs nothing. */
export const CHANNELS: { readonly [Name in keyof Diagnostics]: `fun-asr-streams:${Name}` } = {
  recording: 'fun-asr-streams:recording',
  recognition: 'fun-asr-streams:recognition',
  connection: 'fun-asr-streams:connection',
  task: 'fun-asr-streams:task',
  reconnect: 'fun-asr-streams:reconnect',
  gap: 'fun-asr-streams:gap',
  metrics: 'fun-asr-streams:metrics',
  wire: 'fun-asr-streams:wire',
};

const wire = channel(CHANNELS.wire);

/** Publishes a message on the wire. Called for each frame of audio, so it costs nothing without subscribers. */
export function publishWire(
  connection: { readonly id: number },
  direction: WireDiagnostics['direction'],
  message: string | Buffer,
): void {
  if (!wire.hasSubscribers) return;
  const content =
    typeof message === 'string' ? { text: withoutKeys(message) } : { audioBytes: message.length };
  wire.publish({ connectionId: connection.id, direction, ...content });
}
