import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../../lib/audio/ffmpeg/find-ffmpeg.ts';
import { InputBuffer } from '../../../lib/recognition/input/input-buffer.ts';
import { oggOpus } from '../../audio/packets.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tones } from '../../support/tone-engine.ts';

const run = promisify(execFile);
const PCM_BYTES_PER_MS = 96;

/** Decodes with FFmpeg to 48 kHz, and fails at any complaint. */
async function decoded(ogg: Buffer): Promise<Buffer> {
  const path = join(await temporaryFolder(), 'a.ogg');
  await writeFile(path, ogg);
  const ffmpeg = await findFfmpeg();
  const { stdout, stderr } = await run(
    ffmpeg.path,
    ['-v', 'warning', '-i', path, '-ac', '1', '-ar', '48000', '-f', 's16le', '-'],
    { encoding: 'buffer', maxBuffer: 2 ** 28 },
  );
  expect(stderr.toString()).toBe('');
  return stdout;
}

function inputOf(ogg: Buffer): InputBuffer {
  const input = new InputBuffer({ pcmBytesPerMs: undefined, format: 'opus' });
  for (let at = 0; at < ogg.length; at += 777) input.append(ogg.subarray(at, at + 777));
  expect(input.endInput()).toEqual([]);
  return input;
}

function sendAll(input: InputBuffer, maxBytes = 16_384): Buffer {
  const chunks: Buffer[] = [];
  while (!input.isAllSent) chunks.push(input.take(maxBytes).audio);
  return Buffer.concat(chunks);
}

describe('Opus in an input buffer', () => {
  it.each(['2.5', '20', '60'])(
    'is sent in pages that FFmpeg decodes to the same samples, with packets of %s ms',
    async (frameMs) => {
      const ogg = await oggOpus(...tones(4), '-frame_duration', frameMs);
      for (const maxBytes of [100, 16_384]) {
        const input = inputOf(ogg);
        input.beginTask();
        expect((await decoded(sendAll(input, maxBytes))).equals(await decoded(ogg))).toBe(true);
      }
    },
  );

  it.each(['2.5', '20', '60'])(
    'begins a later task exactly at the end of the last final sentence, with packets of %s ms',
    async (frameMs) => {
      const ogg = await oggOpus(...tones(4), '-frame_duration', frameMs);
      const whole = await decoded(ogg);
      for (const end_time of [1, 20, 1313, 2999]) {
        const input = inputOf(ogg);
        input.beginTask();
        sendAll(input);
        const wire = { sentence_end: true, begin_time: 0, end_time, text: 'Well.', words: [] };
        input.place(wire, null, 'first');
        input.rewind();
        input.beginTask();
        const rest = await decoded(sendAll(input));
        expect(input.taskSpan.beginMs).toBe(end_time);
        expect(rest.length).toBe(whole.length - end_time * PCM_BYTES_PER_MS);
      }
    },
  );

  it('drops the oldest packets of a live source, and says which', async () => {
    const ogg = await oggOpus('-f', 'lavfi', '-i', 'sine=duration=601', '-b:a', '16k');
    const input = new InputBuffer({ pcmBytesPerMs: undefined, format: 'opus' });
    const dropped: number[] = [];
    for (let at = 0; at < ogg.length; at += 777) {
      const span = input.append(ogg.subarray(at, at + 777));
      if (span) dropped.push(span.beginMs, span.endMs);
    }
    expect(dropped[0]).toBe(0);
    expect(dropped.at(-1)).toBeGreaterThan(980);
    expect(dropped.at(-1)).toBeLessThan(1080);
    input.beginTask();
    expect(input.taskSpan.beginMs).toBe(dropped.at(-1));
  });
});
