import { createReadStream } from 'node:fs';
import type { TranscriptionStreamEvent } from 'openai/resources/audio/transcriptions';
import { describe, expect, it } from 'vitest';
import { LEISURE, recording, service } from '../batch/recording/transcribe-talk.ts';
import { openDoor } from './door.ts';

const model = 'whisper-1';
/** A gap is given up after three failures that are 5 s apart. */
const SLOW = { timeout: 90_000 };

/** A cloud that fails each task with audio between 3 s and 3.5 s. */
async function poisonedCloud(): Promise<string> {
  const { url } = await service((client) =>
    recording
      .recognise(client, (to, from) => {
        if (from >= 3500 || to <= 3000) return;
        client.fail('InternalError', 'oops');
        throw new Error('over');
      })
      .catch(() => {}),
  );
  return url;
}

interface Segment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text of a stream, in parts and as a whole. */
async function deltasOf(
  events: AsyncIterable<TranscriptionStreamEvent>,
): Promise<{ deltas: string; text: string }> {
  let deltas = '';
  let text = '';
  for await (const event of events) {
    if (event.type === 'transcript.text.delta') deltas += event.delta;
    if (event.type === 'transcript.text.done') text = event.text;
  }
  return { deltas, text };
}

/** A door in front of that cloud, with the engine of the service after it. */
async function doorWithGap() {
  const reported: string[] = [];
  const door = await openDoor({
    engine: 'cloud',
    nextEngines: ['local'],
    baseUrl: await poisonedCloud(),
    apiKey: 'any',
    onError: ({ code }) => reported.push(code),
  });
  return { ...door, reported };
}

describe('a part of an upload that the first engine does not recognise', SLOW, () => {
  it('is recognised by the next engine, in its place, also in a stream', async () => {
    const { client, reported } = await doorWithGap();
    const [answer, streamed] = await Promise.all([
      client.audio.transcriptions.create({
        file: createReadStream(LEISURE),
        model,
        response_format: 'verbose_json',
      }),
      deltasOf(
        await client.audio.transcriptions.create({ file: createReadStream(LEISURE), model, stream: true }),
      ),
    ]);
    const segments = (answer.segments ?? []) as Segment[];
    const local = segments.filter(({ text }) => text.startsWith('Second'));
    expect(local.map(({ start, text }) => [start, text])).toEqual([[3, 'Second 1.']]);
    // Nothing is missing, and nothing is there twice.
    const starts = segments.map(({ start }) => start);
    expect(starts).toEqual([0, ...segments.slice(0, -1).map(({ end }) => end)]);
    expect([segments.at(-1)?.end, answer.duration]).toEqual([7.1, 7.1]);
    expect(answer.text).toBe(segments.map(({ text }) => text).join(' '));
    expect(answer).not.toHaveProperty('warnings');
    expect(streamed.deltas).toMatch(/^0-500 ms .* 2500-3000 ms Second 1\. \d+-\d+ ms .*-7100 ms$/);
    expect(streamed.text).toBe(streamed.deltas);
    expect(reported).toEqual(['E_SERVER_SPAN', 'E_SERVER_SPAN']);
  });

  it('is an error with the other text when the next engine cannot do it either', async () => {
    const { client, reported } = await doorWithGap();
    const call = client.audio.transcriptions.create({
      file: createReadStream(LEISURE),
      model,
      // The counting engine knows English only.
      language: 'zh',
    });
    await expect(call).rejects.toMatchObject({
      status: 502,
      code: 'E_SERVER_SPAN',
      error: {
        message: expect.stringMatching(/^leisure\.wav: the service did not recognise 3\.0 s to /),
        partial_text: expect.stringMatching(/^0-500 ms .* 2500-3000 ms \d+-\d+ ms .*-7100 ms$/),
      },
    });
    expect(reported).toEqual(['E_SERVER_SPAN']);
  });
});
