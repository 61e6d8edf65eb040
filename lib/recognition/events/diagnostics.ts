import { channel } from 'node:diagnostics_channel';
import type { FunAsrError } from '../../core/errors.ts';
import { withoutKeys } from '../../core/redact.ts';
import type { RecognitionMetrics } from './metrics.ts';

/** A connection to the service was opened, or taken from those that wait for another task. */
export interface ConnectionDiagnostics {
  readonly connectionId: number;
  readonly url: string;
  readonly isReused: boolean;
}

/** A task began or ended. */
export interface TaskDiagnostics {
  readonly connectionId: number;
  readonly requestId: string;
  readonly state: 'started' | 'finished' | 'failed';
  /** Where in the input its audio begins, in ms. */
  readonly fromMs: number;
  /** Up to where in the input it was given audio, in ms. */
  readonly toMs: number;
}

/** The recognition goes on in a new task. */
export interface Reconnect {
  /** What ended the last one. */
  readonly reason: FunAsrError;
  /** 1, 2, 3 … since the last final sentence. */
  readonly attempt: number;
  /** How long it waits before that, in ms. */
  readonly delayMs: number;
  /** Audio that the new task has to hear again, in ms. */
  readonly resentMs: number;
}

/** A part of the input of which nothing is in the text. */
export interface Gap {
  /** Milliseconds from the start of the whole input. */
  readonly begin_time: number;
  /** Milliseconds from the start of the whole input. */
  readonly end_time: number;
  /** Why it was given up. */
  readonly reason: FunAsrError;
}

/** One message on the wire. Headers, and with them the key, never come this way. */
export interface WireDiagnostics {
  readonly connectionId: number;
  readonly direction: 'sent' | 'received';
  /** The text of a message. */
  readonly text?: string;
  /** The size of a message of audio, whose bytes are left out. */
  readonly audioBytes?: number;
}

/** What is published on each channel of `node:diagnostics_channel`; the names begin with `fun-asr-streams:`. */
export interface Diagnostics {
  connection: ConnectionDiagnostics;
  task: TaskDiagnostics;
  reconnect: Reconnect;
  gap: Gap;
  metrics: RecognitionMetrics;
  wire: WireDiagnostics;
}

/** The channels of `node:diagnostics_channel`, for tracing. Nothing is made for a channel that nobody listens to. */
export const CHANNELS: { readonly [Name in keyof Diagnostics]: `fun-asr-streams:${Name}` } = {
  connection: 'fun-asr-streams:connection',
  task: 'fun-asr-streams:task',
  reconnect: 'fun-asr-streams:reconnect',
  gap: 'fun-asr-streams:gap',
  metrics: 'fun-asr-streams:metrics',
  wire: 'fun-asr-streams:wire',
};

const wire = channel(CHANNELS.wire);

/** Publishes what happened on its channel. */
export function publish<Name extends keyof Diagnostics>(name: Name, message: Diagnostics[Name]): void {
  channel(CHANNELS[name]).publish(message);
}

/** Publishes a message on the wire: for each frame of audio, so it costs nothing when nobody listens. */
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
