import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import { pricePerSecond } from '../../protocol/cloud-models.ts';
import type { Diagnostics } from '../../recognition/events/diagnostics.ts';
import { engineAttributes, errorType, outcomeAttributes } from './attributes.ts';

/** Boundaries of the buckets of durations, in seconds. */
const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/** Adds up what recordings, recognitions, tasks and connections report. */
export class MetricRecorder {
  readonly #recordings: Counter;
  readonly #recordingDuration: Histogram;
  readonly #recognitions: Counter;
  readonly #sent: Counter;
  readonly #resent: Counter;
  readonly #billed: Counter;
  readonly #cost: Counter;
  readonly #firstText: Histogram;
  readonly #tasks: Counter;
  readonly #connections: Counter;
  readonly #reconnects: Counter;
  readonly #gaps: Counter;
  readonly #gapAudio: Counter;
  /** When the work on each recording began. */
  readonly #begins = new Map<number, number>();
  /** The recognitions that have started, for the attributes of what happens in them. */
  readonly #started = new Map<number, Diagnostics['recognition']>();

  constructor(meter: Meter) {
    const counter = (name: string, unit: string, description: string): Counter =>
      meter.createCounter(name, { unit, description });
    const histogram = (name: string, description: string): Histogram =>
      meter.createHistogram(name, { unit: 's', description, advice: { explicitBucketBoundaries: SECONDS } });
    this.#recordings = counter('fun_asr.recordings', '{recording}', 'Recordings that have ended.');
    this.#recordingDuration = histogram('fun_asr.recording.processing', 'Time of the work on a recording.');
    this.#recognitions = counter('fun_asr.recognitions', '{recognition}', 'Recognitions that have ended.');
    this.#sent = counter('fun_asr.audio.sent', 's', 'Audio sent, also audio that was sent again.');
    this.#resent = counter('fun_asr.audio.resent', 's', 'Audio sent again after a failure.');
    this.#billed = counter('fun_asr.billed', 's', 'Audio that the cloud has billed, by its own count.');
    this.#cost = counter('fun_asr.cost', '{currency}', 'Billed audio at the listed price.');
    this.#firstText = histogram('fun_asr.first_text', 'Time from the first audio to the first text.');
    this.#tasks = counter('fun_asr.tasks', '{task}', 'Tasks that have started, finished or failed.');
    this.#connections = counter('fun_asr.connections', '{connection}', 'Connections, opened or reused.');
    this.#reconnects = counter('fun_asr.reconnects', '{reconnect}', 'Tasks that continue after a failure.');
    this.#gaps = counter('fun_asr.gaps', '{gap}', 'Parts of recordings that were given up.');
    this.#gapAudio = counter('fun_asr.gap.audio', 's', 'Audio that was given up.');
  }

  recording(message: Diagnostics['recording']): void {
    const { recordingId, state } = message;
    if (state === 'started') {
      this.#begins.set(recordingId, performance.now());
      return;
    }
    const begin = this.#begins.get(recordingId);
    this.#begins.delete(recordingId);
    const attributes = outcomeAttributes(message);
    this.#recordings.add(1, attributes);
    if (begin !== undefined) this.#recordingDuration.record((performance.now() - begin) / 1000, attributes);
  }

  recognition(message: Diagnostics['recognition']): void {
    const { recognitionId, state, engine, model, region, metrics } = message;
    if (state === 'started') {
      this.#started.set(recognitionId, message);
      return;
    }
    this.#started.delete(recognitionId);
    const attributes = engineAttributes(message);
    this.#recognitions.add(1, { ...attributes, ...outcomeAttributes(message) });
    if (!metrics) return;
    this.#sent.add(metrics.sentMs / 1000, attributes);
    this.#resent.add(metrics.resentMs / 1000, attributes);
    if (metrics.firstPackageDelayMs !== undefined)
      this.#firstText.record(metrics.firstPackageDelayMs / 1000, attributes);
    // A local engine counts seconds, too, but they cost nothing.
    if (engine !== 'cloud') return;
    this.#billed.add(metrics.billedSeconds, attributes);
    const price = region && pricePerSecond(model, region);
    if (price)
      this.#cost.add(metrics.billedSeconds * price.perSecond, {
        ...attributes,
        'fun_asr.currency': price.currency,
      });
  }

  connection({ recognitionId, isReused }: Diagnostics['connection']): void {
    this.#connections.add(1, { ...this.#attributesOf(recognitionId), 'fun_asr.connection.reused': isReused });
  }

  task({ recognitionId, state }: Diagnostics['task']): void {
    this.#tasks.add(1, { ...this.#attributesOf(recognitionId), 'fun_asr.task.state': state });
  }

  reconnect({ recognitionId, reason }: Diagnostics['reconnect']): void {
    this.#reconnects.add(1, { ...this.#attributesOf(recognitionId), 'error.type': errorType(reason) });
  }

  gap({ recognitionId, begin_time, end_time, reason }: Diagnostics['gap']): void {
    const attributes = { ...this.#attributesOf(recognitionId), 'error.type': errorType(reason) };
    this.#gaps.add(1, attributes);
    this.#gapAudio.add((end_time - begin_time) / 1000, attributes);
  }

  close(): void {
    this.#begins.clear();
    this.#started.clear();
  }

  #attributesOf(recognitionId: number): ReturnType<typeof engineAttributes> {
    const message = this.#started.get(recognitionId);
    return message ? engineAttributes(message) : {};
  }
}
