import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { recognize } from '../../lib/recognize.ts';
import type { RecognitionMetrics } from '../../lib/recognition/events/metrics.ts';
import { isSentenceEnd, type Sentence } from '../../lib/sentence.ts';
import { startTestService } from '../../lib/testing/test-service.ts';
import { oggOpus } from '../audio/packets.ts';
import { toneEngine, tones } from '../support/tone-engine.ts';

const SECONDS = 12;

interface Result {
  readonly finals: Sentence[];
  readonly metrics: RecognitionMetrics | undefined;
  readonly audioBytes: number;
  readonly reconnects: number;
}

/** Recognises Ogg Opus, sent as it is, in chunks as a network gives them. */
async function recognised(ogg: Buffer, faults = '', chunkBytes = 1000): Promise<Result> {
  await using service = await startTestService({ engine: toneEngine(), faults });
  const stage = recognize({ baseUrl: service.url, format: 'opus', retryDelayMs: 1, finishTimeoutMs: 5000 });
  let metrics: RecognitionMetrics | undefined;
  let reconnects = 0;
  stage.on('metrics', (value) => (metrics = value)).on('reconnect', () => (reconnects += 1));
  const chunks = Array.from({ length: Math.ceil(ogg.length / chunkBytes) }, (_, index) =>
    ogg.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  const sentences: Sentence[] = await Readable.from(chunks).pipe(stage).toArray();
  const finals = sentences.filter(isSentenceEnd);
  return { finals, metrics, audioBytes: service.log.audioBytes ?? 0, reconnects };
}

const expected = Array.from({ length: SECONDS }, (_, second) => String(400 + 100 * second));

function expectTones(finals: readonly Sentence[]): void {
  expect(finals.map(({ text }) => text)).toEqual(expected);
  for (const [second, { begin_time, end_time }] of finals.entries()) {
    expect(Math.abs(begin_time - second * 1000)).toBeLessThanOrEqual(20);
    expect(Math.abs((end_time ?? 0) - (second * 1000 + 300))).toBeLessThanOrEqual(30);
  }
}

describe('Opus in Ogg, sent as it is', () => {
  it.each(['', 'drop@3s', 'reset@500ms', 'close:1011@7600ms', 'drop@2s, reset@5s, drop@9s'])(
    'gives each tone once and at its time, with the faults "%s"',
    async (faults) => {
      const { finals, metrics, reconnects } = await recognised(await oggOpus(...tones(SECONDS)), faults);
      expect(reconnects).toBe(faults === '' ? 0 : faults.split(',').length);
      expectTones(finals);
      console.log(faults, metrics);
    },
  );
});
