import { channel } from 'node:diagnostics_channel';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect } from 'vitest';
import type { FunAsrError } from '../../lib/core/errors.ts';
import {
  CHANNELS,
  type Gap,
  type Reconnect,
  type TaskDiagnostics,
} from '../../lib/recognition/events/diagnostics.ts';
import type { RecognitionMetrics } from '../../lib/recognition/events/metrics.ts';
import { type RecognizeOptions, recognizeStream } from '../../lib/recognition/recognize.ts';
import { type FinalSentence, isSentenceEnd, type Sentence } from '../../lib/sentence.ts';
import { compare, type Comparison } from '../../lib/testing/trial/compare.ts';
import type { Script } from '../../lib/testing/audio/script.ts';
import { renderAudio } from '../../lib/testing/audio/self-describing-audio.ts';
import {
  startTestService,
  type TestService,
  type TestServiceOptions,
} from '../../lib/testing/test-service.ts';

/** Deadlines and waits that a test has time for. */
export const IMPATIENT = {
  retryDelayMs: 5,
  connectTimeoutMs: 300,
  startTimeoutMs: 300,
  stallTimeoutMs: 300,
  finishTimeoutMs: 400,
  resultTimeoutMs: 400,
  pingIntervalMs: 40,
  maxSentenceSilence: 300,
} satisfies RecognizeOptions;

/** All that comes of one recognition. */
export interface Recognised {
  readonly finals: FinalSentence[];
  readonly comparison: Comparison;
  readonly reconnects: Reconnect[];
  readonly gaps: Gap[];
  /** How many finals had come when each gap was told. */
  readonly finalsBeforeGaps: number[];
  readonly warnings: FunAsrError[];
  /** The tasks that were started, in their order. */
  readonly tasks: TaskDiagnostics[];
  readonly metrics: RecognitionMetrics | undefined;
  readonly error: unknown;
}

/** Audio of a script in frames of 100 ms, from and to in ms. */
export function* frames(script: Script, from = 0, to: number = script.durationMs): Generator<Buffer> {
  for (let at = from; at < to; at += 100) yield renderAudio(script, at * 16, Math.min(at + 100, to) * 16);
}

/** Recognises a script, and notes all that is told meanwhile. */
export async function recogniseScript(
  script: Script,
  options: RecognizeOptions,
  source: Iterable<Buffer> | AsyncIterable<Buffer> = frames(script),
  poisonSpacingMs?: number,
): Promise<Recognised> {
  const stage = recognizeStream('recognize', { ...IMPATIENT, ...options }, undefined, poisonSpacingMs);
  const finals: FinalSentence[] = [];
  const [reconnects, gaps, warnings]: [Reconnect[], Gap[], FunAsrError[]] = [[], [], []];
  const tasks: TaskDiagnostics[] = [];
  let metrics: RecognitionMetrics | undefined;
  stage.on('reconnect', (reconnect: Reconnect) => reconnects.push(reconnect));
  const finalsBeforeGaps: number[] = [];
  stage.on('gap', (gap: Gap) => {
    gaps.push(gap);
    finalsBeforeGaps.push(finals.length);
  });
  stage.on('warning', (warning: FunAsrError) => warnings.push(warning));
  stage.on('metrics', (told: RecognitionMetrics) => {
    metrics = told;
  });
  const noteTask = (message: unknown): void => {
    const task = message as TaskDiagnostics;
    if (task.state === 'started') tasks.push(task);
  };
  channel(CHANNELS.task).subscribe(noteTask);
  const error: unknown = await pipeline(
    Readable.from(source),
    stage,
    async (sentences: AsyncIterable<Sentence>) => {
      for await (const sentence of sentences) if (isSentenceEnd(sentence)) finals.push(sentence);
    },
  ).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  channel(CHANNELS.task).unsubscribe(noteTask);
  return {
    finals,
    comparison: compare(script, finals),
    reconnects,
    gaps,
    finalsBeforeGaps,
    warnings,
    tasks,
    metrics,
    error,
  };
}

/** A script, a service with its troubles, and a client with its options. */
export interface Case extends TestServiceOptions {
  readonly script: Script;
  readonly options?: RecognizeOptions;
  /** What the client is given. @default the audio of the script, at once */
  readonly source?: (service: TestService) => AsyncIterable<Buffer>;
}

/** Recognises a script by a test service, and tells what both sides have seen. */
export async function recogniseWith({ options, source, ...service }: Case) {
  await using running = await startTestService(service);
  const recognised = await recogniseScript(
    service.script,
    { baseUrl: running.url, ...options },
    source?.(running),
  );
  return { ...recognised, log: running.log, pending: running.pending };
}

/** What must be so after any fault: as if nothing had happened. */
export const UNHARMED = {
  error: undefined,
  gaps: [],
  comparison: { isExact: true, largestTimeErrorMs: expect.toSatisfy((ms: number) => ms <= 20) as number },
};
