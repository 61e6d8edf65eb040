import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../lib/media/pcm.ts';
import { OGG_FLAGS, type OggPage, readOggPage, writeOggPage } from '../../lib/media/containers/ogg-page.ts';
import type { FunAsrError } from '../../lib/core/errors.ts';
import { recognize } from '../../lib/recognize.ts';
import {
  CHANNELS,
  type Gap,
  type TaskDiagnostics,
  type WireDiagnostics,
} from '../../lib/recognition/events/diagnostics.ts';
import type { RecognitionMetrics } from '../../lib/recognition/events/metrics.ts';
import { Recognition } from '../../lib/recognition/recognition.ts';
import {
  type RecognizeStreamOptions,
  type RecognizeStreamParts,
  recognizeStream,
} from '../../lib/recognition/recognize-stream.ts';
import { type FinalSentence, isSentenceEnd, type Sentence } from '../../lib/sentence.ts';
import type { Engine } from '../../lib/service/engine.ts';
import { startTestService } from '../../lib/testing/test-service.ts';
import { encoded, oggOpus } from '../audio/packets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { toneEngine, tones } from '../support/tone-engine.ts';

const SECONDS = 12;
const UNHURRIED = { finishTimeoutMs: 60_000, startTimeoutMs: 60_000, stallTimeoutMs: 60_000 };

interface Result {
  readonly finals: readonly FinalSentence[];
  readonly warnings: readonly FunAsrError[];
  readonly metrics: RecognitionMetrics | undefined;
  readonly reconnects: number;
  readonly gaps: readonly Gap[];
  /** Bytes of audio that all tasks were sent. */
  readonly sentBytes: number;
}

interface Run {
  readonly faults?: string;
  readonly engine?: Engine;
  readonly parts?: RecognizeStreamParts;
  readonly chunkBytes?: number;
  readonly options?: RecognizeStreamOptions;
}

/** Recognises audio that is sent as it is, in chunks as a network gives them. */
async function recognised(
  audio: Buffer,
  { faults = '', chunkBytes = 1000, engine = toneEngine(), options, parts }: Run = {},
): Promise<Result> {
  await using service = await startTestService({ engine, faults });
  let sentBytes = 0;
  const count = (message: unknown) => {
    const { direction, audioBytes = 0 } = message as WireDiagnostics;
    if (direction === 'sent') sentBytes += audioBytes;
  };
  subscribe(CHANNELS.wire, count);
  const common = { ...UNHURRIED, baseUrl: service.url, retryDelayMs: 1 };
  const stage = recognizeStream('recognize', { ...common, format: 'opus', ...options }, parts);
  const gaps: Gap[] = [];
  stage.on('gap', (gap) => gaps.push(gap));
  const warnings: FunAsrError[] = [];
  let metrics: RecognitionMetrics | undefined;
  let reconnects = 0;
  stage.on('warning', (warning) => warnings.push(warning));
  stage.on('metrics', (value) => (metrics = value)).on('reconnect', () => (reconnects += 1));
  const sentences: Sentence[] = await Readable.from(cut(audio, chunkBytes)).pipe(stage).toArray();
  unsubscribe(CHANNELS.wire, count);
  return { finals: sentences.filter(isSentenceEnd), warnings, metrics, reconnects, gaps, sentBytes };
}

function* cut(audio: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < audio.length; at += size) yield audio.subarray(at, at + size);
}

/** Each tone once, in order, and within a packet of its place. */
function expectTones(finals: readonly FinalSentence[], seconds: readonly number[]): void {
  expect(finals.map(({ text }) => text)).toEqual(seconds.map((second) => String(400 + 100 * second)));
  for (const [index, { begin_time, end_time }] of finals.entries()) {
    const begin = (seconds[index] ?? 0) * 1000;
    expect(Math.abs(begin_time - begin)).toBeLessThanOrEqual(30);
    expect(Math.abs(end_time - begin - 300)).toBeLessThanOrEqual(30);
  }
}

const ALL = Array.from({ length: SECONDS }, (_, second) => second);

function pagesOf(ogg: Buffer): OggPage[] {
  const pages: OggPage[] = [];
  for (let at = 0; at < ogg.length; ) {
    const read = readOggPage(ogg.subarray(at));
    if (!read?.page) throw new Error('not a page');
    pages.push(read.page);
    at += read.length;
  }
  return pages;
}

/** The same stream with packets across the borders of pages: each page has 7 segments. */
function withPacketsAcrossPages(ogg: Buffer): Buffer {
  const [head, tags, ...pages] = pagesOf(ogg);
  if (!head || !tags) throw new Error('no headers');
  const segments = pages.flatMap((page) => [...page.segments]);
  const body = Buffer.concat(pages.map((page) => page.body));
  const result = [head, tags].map(writeOggPage);
  let [at, sequence, samples] = [0, 2, 0];
  for (let index = 0; index < segments.length; index += 7) {
    const table = segments.slice(index, index + 7);
    const length = table.reduce((sum, segment) => sum + segment, 0);
    const ended = table.filter((segment) => segment < 255).length;
    samples += ended * 960;
    const isContinued = index > 0 && segments[index - 1] === 255;
    const isLast = index + 7 >= segments.length;
    const flags = (isContinued ? OGG_FLAGS.continued : 0) + (isLast ? OGG_FLAGS.last : 0);
    const granule = ended > 0 ? samples : -1;
    const page = {
      flags,
      granule,
      serial: head.serial,
      sequence,
      segments: Buffer.from(table),
      body: body.subarray(at, at + length),
    };
    result.push(writeOggPage(page));
    at += length;
    sequence += 1;
  }
  return Buffer.concat(result);
}

describe('Opus in Ogg, sent as it is', () => {
  it.each(['', 'drop@3s', 'reset@500ms', 'close:1011@7600ms', 'fail@4s', 'drop@2s, reset@5s, drop@9s'])(
    'gives each tone once and at its time, with the faults "%s"',
    async (faults) => {
      const { finals, reconnects, warnings } = await recognised(await oggOpus(...tones(SECONDS)), { faults });
      expect(reconnects).toBe(faults === '' ? 0 : faults.split(',').length);
      expectTones(finals, ALL);
      expect(warnings).toEqual([]);
    },
  );

  it.each([
    ['2.5', 1],
    ['60', 100_000],
  ])('resumes with packets of %s ms, in chunks of %i bytes', async (frameMs, chunkBytes) => {
    const ogg = await oggOpus(...tones(SECONDS), '-frame_duration', frameMs);
    const { finals, reconnects } = await recognised(ogg, { faults: 'drop@3s, drop@6s', chunkBytes });
    expect(reconnects).toBe(2);
    expectTones(finals, ALL);
  });

  it('gives up audio that makes tasks fail as one short gap, and recognises the rest', async () => {
    const engine = toneEngine({ poisonHertz: 900 });
    const { finals, gaps, warnings } = await recognised(await oggOpus(...tones(SECONDS)), {
      engine,
      parts: { poisonSpacingMs: 10 },
    });
    expect(gaps).toMatchObject([{ reason: { code: 'E_SERVER', serviceCode: 'InternalError' } }]);
    expect(warnings.map(({ code }) => code)).toEqual(['W_GAP']);
    // The tone lasts from 5000 to 5300 ms, and tasks fail after 100 ms of it. A position is exact to a packet of 20 ms.
    const [gap] = gaps as [Gap];
    expect(gap.begin_time).toBeGreaterThan(5100 - 400 - 20);
    expect(gap.begin_time).toBeLessThanOrEqual(5100);
    expect(gap.end_time).toBeGreaterThanOrEqual(5100);
    // The gap ends where the service has reported the failure. Parts of the tones at its ends may be recognised.
    const outside = ALL.filter((second) => second < 5 || second * 1000 >= gap.end_time);
    expectTones(
      finals.filter(({ begin_time }) => outside.includes(Math.floor((begin_time + 50) / 1000))),
      outside,
    );
  });

  it('sends a small part of the bytes of PCM, also when it resumes', async () => {
    const run = { faults: 'drop@3s, drop@7s, drop@10s' };
    const opus = await recognised(await oggOpus(...tones(SECONDS), '-b:a', '20k', '-vbr', 'off'), run);
    const pcm = await recognised(await encoded(...tones(SECONDS), '-ar', '16000', '-f', 's16le'), {
      ...run,
      options: { format: 'pcm' },
    });
    expectTones(opus.finals, ALL);
    expectTones(pcm.finals, ALL);
    const { sentMs = 0, resentMs = 0 } = opus.metrics ?? {};
    expect(resentMs).toBeGreaterThan(0);
    expect(sentMs - resentMs).toBeLessThan(SECONDS * 1000 + 60);
    expect(opus.sentBytes / bytesOf(sentMs, 16_000)).toBeLessThan(0.1);
    expect(opus.sentBytes).toBeLessThan(pcm.sentBytes / 5);
  });

  it('begins a new task after the last final sentence, not at the beginning', async () => {
    const ogg = await oggOpus(...tones(SECONDS));
    await using service = await startTestService({ engine: toneEngine(), faults: 'drop@9s' });
    const stage = recognize({ ...UNHURRIED, baseUrl: service.url, format: 'opus', retryDelayMs: 1 });
    const begins: number[] = [];
    const note = (message: unknown) => {
      const { state, fromMs } = message as TaskDiagnostics;
      if (state === 'started') begins.push(fromMs);
    };
    subscribe(CHANNELS.task, note);
    const sentences: Sentence[] = [];
    stage.on('data', (sentence) => sentences.push(sentence));
    // The rest is written when the first sentence is final, so that the connection is never dropped before.
    stage.write(ogg.subarray(0, ogg.length / 2));
    while (!sentences.some(isSentenceEnd)) await once(stage, 'data');
    stage.end(ogg.subarray(ogg.length / 2));
    await finished(stage);
    unsubscribe(CHANNELS.task, note);
    const finals = sentences.filter(isSentenceEnd);
    expectTones(finals, ALL);
    expect(begins).toHaveLength(2);
    expect(begins[0]).toBe(0);
    expect(finals.map(({ end_time }) => end_time)).toContain(begins[1]);
  });

  it('keeps the times after pages that were lost or damaged, and warns of them', async () => {
    const pages = pagesOf(await oggOpus(...tones(SECONDS))).map(writeOggPage);
    const lost = Buffer.concat(pages.filter((_page, index) => index !== 5));
    const damaged = Buffer.concat(pages.map((page, index) => (index === 5 ? page.fill(0, 60, 100) : page)));
    for (const [ogg, codes] of [
      [lost, ['W_CLOCK']],
      [damaged, ['W_CLOCK', 'W_TRUNCATED']],
    ] as const) {
      const { finals, warnings } = await recognised(ogg, { faults: 'drop@8s' });
      expect(warnings.map(({ code }) => code)).toEqual(codes);
      expect(warnings[0]?.span).toEqual({ beginMs: 3000, endMs: 4000 });
      expectTones(
        finals,
        ALL.filter((second) => second !== 3),
      );
    }
  });

  it('reads packets that lie on two pages', async () => {
    const ogg = withPacketsAcrossPages(await oggOpus(...tones(SECONDS), '-b:a', '96k'));
    const { finals, warnings } = await recognised(ogg, { faults: 'drop@5s' });
    expectTones(finals, ALL);
    expect(warnings).toEqual([]);
  });

  it('passes over tags of any size', async () => {
    const tagged = await oggOpus(
      ...tones(SECONDS),
      '-b:a',
      '20k',
      '-metadata',
      `comment=${'picture'.repeat(15_000)}`,
    );
    expect(tagged.length).toBeGreaterThan(100_000);
    const { finals, sentBytes } = await recognised(tagged, { faults: 'drop@5s' });
    expectTones(finals, ALL);
    expect(sentBytes).toBeLessThan(100_000);
  });

  it('continues with the stream that was appended to another', async () => {
    const [first, second] = await Promise.all([oggOpus(...tones(4)), oggOpus(...tones(SECONDS))]);
    const { finals, warnings } = await recognised(Buffer.concat([first, second]), { faults: 'drop@5s' });
    expectTones(finals.slice(0, 4), ALL.slice(0, 4));
    const later = finals.slice(4).map((final) => ({
      ...final,
      begin_time: final.begin_time - 4000,
      end_time: final.end_time - 4000,
    }));
    expectTones(later, ALL);
    expect(warnings).toEqual([]);
  });

  it('counts times from the first packet of a stream that begins late', async () => {
    const late = await oggOpus(...tones(SECONDS), '-output_ts_offset', '3600');
    const { finals, warnings } = await recognised(late, { faults: 'drop@5s' });
    expectTones(finals, ALL);
    expect(warnings).toEqual([]);
  });

  it('warns when the audio ends within a page', async () => {
    const ogg = await oggOpus(...tones(SECONDS));
    const { finals, warnings } = await recognised(ogg.subarray(0, -10));
    expectTones(finals, ALL.slice(0, finals.length));
    expect(finals.length).toBeGreaterThanOrEqual(SECONDS - 1);
    expect(warnings).toMatchObject([{ code: 'W_TRUNCATED' }]);
  });

  it('resumes in Recognition.call(), too', async () => {
    const path = join(await temporaryFolder(), 'talk.ogg');
    await writeFile(path, await oggOpus(...tones(SECONDS)));
    await using service = await startTestService({ engine: toneEngine(), faults: 'drop@5s' });
    const recognition = new Recognition({
      ...UNHURRIED,
      baseUrl: service.url,
      format: 'opus',
      retryDelayMs: 1,
    });
    let reconnects = 0;
    recognition.on('reconnect', () => (reconnects += 1));
    expectTones((await recognition.call(path)).getSentence(), ALL);
    expect(reconnects).toBe(1);
  });
});
