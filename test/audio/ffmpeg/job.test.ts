import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { decodeArguments } from '../../../lib/audio/ffmpeg/arguments/decode-arguments.ts';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { FfmpegJob } from '../../../lib/audio/ffmpeg/job.ts';
import type { AudioSource } from '../../../lib/audio/source/audio-source.ts';
import { Replayable } from '../../../lib/audio/source/replayable.ts';
import { SPEECH } from '../samples.ts';

async function jobOver(source: AudioSource) {
  const warnings: string[] = [];
  const context = {
    signal: new AbortController().signal,
    warn: ({ code }: { code: string }) => void warnings.push(code),
  };
  return { job: new FfmpegJob(await findFfmpeg(), source, context), warnings };
}

const fileSource = (path: string): AudioSource => ({ name: path, input: { kind: 'file', path } });

/** The bytes of a file as a stream source, read in one chunk. @param limit Bytes that are kept. */
function streamSource(content: Buffer, limit = 1_000_000): AudioSource {
  const chunks = Readable.from([content])[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  return { name: 'a stream', input: { kind: 'bytes' }, bytes: new Replayable(chunks, limit) };
}

test('reads the header of a file', async () => {
  const { job } = await jobOver(fileSource('fixtures/amiable.m4a'));
  expect((await job.readHeader()).media).toMatchObject({
    container: 'mp4',
    tracks: [{ codec: 'aac', sampleRate: 16_000, channels: 1 }],
  });
});

test('reads the header of a stream from its beginning, and keeps the stream whole', async () => {
  const content = (await readFile('fixtures/inaugural.webm')).subarray(0, 4096);
  const source = streamSource(content);
  await source.bytes?.head(4096);
  const { job } = await jobOver(source);
  const { media } = await job.readHeader();
  expect(media).toMatchObject({ container: 'matroska', tracks: [{ codec: 'opus', channels: 2 }] });
  expect((await source.bytes?.head(4096))?.equals(content)).toBe(true);
});

test('gives no description of a text file, without failing', async () => {
  const { job } = await jobOver(fileSource('README.md'));
  const log = await job.readHeader();
  expect([log.media, log.errors.length > 0]).toEqual([undefined, true]);
});

test('runs FFmpeg over a whole stream', async () => {
  const content = await readFile(SPEECH);
  const { job, warnings } = await jobOver(streamSource(content));
  const run = job.start(decodeArguments(job.source.input, { sampleRate: 16_000 }));
  onTestFinished(() => run.kill());
  const chunks: Buffer[] = [];
  for (let pcm = await run.read(); pcm; pcm = await run.read()) chunks.push(pcm);
  // The output is a WAV, too.
  expect(Buffer.concat(chunks).subarray(44).equals(content.subarray(44))).toBe(true);
  await job.assess(run, 7100);
  expect(warnings).toEqual([]);
});

test('warns of a truncated file', async () => {
  const truncation = { kind: 'missing bytes', statedBytes: 2000, presentBytes: 1000 } as const;
  const { job, warnings } = await jobOver({ ...fileSource(SPEECH), truncation });
  const run = job.start(decodeArguments(job.source.input, { sampleRate: 16_000 }));
  while (await run.read());
  await job.assess(run, 7100);
  expect(warnings).toEqual(['W_TRUNCATED']);
});
