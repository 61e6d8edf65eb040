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
import { type RecognizeStreamOptions, recognizeStream } from '../../lib/recognition/recognize-stream.ts';
import { type FinalSentence, isSentenceEnd, type Sentence } from '../../lib/sentence.ts';
import { compare, type Comparison } from '../../lib/testing/trial/compare.ts';
import type { Script } from '../../lib/testing/audio/script.ts';
import { renderAudio } from '../../lib/testing/audio/self-describing-audio.ts';
import {
  startTestService,
  type TestService,
  type TestServiceOptions,
} from '../../lib/testing/test-service.ts';

/** Timeouts and delays that are short enough for a test. */
export const SHORT_TIMEOUTS = {
  retryDelayMs: 5,
  connectTimeoutMs: 300,
  startTimeoutMs: 300,
  stallTimeoutMs: 300,
  finishTimeoutMs: 400,
  resultTimeoutMs: 400,
  pingIntervalMs: 40,
  maxSentenceSilence: 300,
} satisfies RecognizeStreamOptions;

/** The sentences, events and errors of one recognition. */
export interface Recognised {
  readonly finals: FinalSentence[];
  readonly comparison: Comparison;
  readonly reconnects: Reconnect[];
  readonly gaps: Gap[];
  /** The number of final sentences before each gap event. */
  readonly finalsBeforeGaps: number[];
  readonly warnings: FunAsrError[];
  /** The tasks that were started, in order. */
  readonly tasks: TaskDiagnostics[];
  readonly metrics: RecognitionMetrics | undefined;
  readonly error: unknown;
}

/** Yields the audio of a script in frames of 100 ms, from and to in ms. */
export function* frames(script: Script, from = 0, to: number = script.durationMs): Generator<Buffer> {
  for (let at = from; at < to; at += 100) yield renderAudio(script, at * 16, Math.min(at + 100, to) * 16);
}

/** Recognises a script and collects all events. */
export async function recogniseScript(
  script: Script,
  options: RecognizeStreamOptions,
  source: Iterable<Buffer> | AsyncIterable<Buffer> = frames(script),
  poisonSpacingMs?: number,
): Promise<Recognised> {
  const stage = recognizeStream('recognize', { ...SHORT_TIMEOUTS, ...options }, { poisonSpacingMs });
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
  stage.on('metrics', (received: RecognitionMetrics) => {
    metrics = received;
  });
  const addTask = (message: unknown): void => {
    const task = message as TaskDiagnostics;
    if (task.state === 'started') tasks.push(task);
  };
  channel(CHANNELS.task).subscribe(addTask);
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
  channel(CHANNELS.task).unsubscribe(addTask);
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

/** A script, the options of the service, and those of the client. */
export interface Case extends TestServiceOptions {
  readonly script: Script;
  readonly options?: RecognizeStreamOptions;
  /** The audio for the client. @default the audio of the script, without delays */
  readonly source?: (service: TestService) => AsyncIterable<Buffer>;
}

/** Recognises a script with a test service. Returns the results of the client and the log of the service. */
export async function recogniseWith({ options, source, ...service }: Case) {
  await using running = await startTestService(service);
  const recognised = await recogniseScript(
    service.script,
    { baseUrl: running.url, ...options },
    source?.(running),
  );
  return { ...recognised, log: running.log, pending: running.pending };
}

/** The result after any fault that must not have a visible effect. */
export const NO_LOSS = {
  error: undefined,
  gaps: [],
  comparison: { isExact: true, largestTimeErrorMs: expect.toSatisfy((ms: number) => ms <= 20) as number },
};
