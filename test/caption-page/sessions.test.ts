import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AudioQueue, CHUNK_MS } from '../../lib/caption-page/page/audio-queue.js';
import type { ServerMessage } from '../../lib/caption-page/page-messages.ts';
import type { FinalSentence } from '../../lib/sentence.ts';
import type { Engine } from '../../lib/service/engine.ts';
import { randomScript } from '../../lib/testing/audio/random-script.ts';
import { renderAudio } from '../../lib/testing/audio/self-describing-audio.ts';
import { exactEngine } from '../../lib/testing/engine/exact-engine.ts';
import { compare } from '../../lib/testing/trial/compare.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { PageClient, SECRET, servingPage, SIZE } from './page-client.ts';

/** Sends and receives as the page does: with its queue, and with the last sentence and position of each connection. */
class Speaker {
  readonly queue: AudioQueue = new AudioQueue(16_000);
  readonly finals: FinalSentence[] = [];
  hasEnded = false;

  /** Sends what is not confirmed, and receives, until all is recognised or so many sentences have come. */
  async speak(port: number, maxSentences: number): Promise<void> {
    const client = await PageClient.open(port);
    const last = this.finals.length + maxSentences;
    client.socket.on('message', (data) => {
      if (this.finals.length === last || this.hasEnded) return;
      this.#receive(client, JSON.parse((data as Buffer).toString()));
      // What is on its way is lost with the connection.
      if (this.finals.length === last || this.hasEnded) client.socket.terminate();
    });
    const sentenceId = this.finals.at(-1)?.sentence_id ?? 0;
    client.say({ type: 'source', secret: SECRET, sentenceId, ...SIZE });
    await client.closed;
  }

  #receive(client: PageClient, message: ServerMessage): void {
    if (message.type === 'sentence') {
      this.finals.push(message.sentence);
      this.queue.confirm(message.sentence.end_time);
    }
    if (message.type === 'ended') this.hasEnded = true;
    if (message.type !== 'ready') return;
    client.say({ type: 'audio', positionMs: this.queue.rewind().positionMs });
    for (let chunk = this.queue.next(); chunk; chunk = this.queue.next()) client.say(Buffer.from(chunk));
    client.say({ type: 'stop' });
  }
}

function chunksOf(audio: Buffer): ArrayBuffer[] {
  const bytes = CHUNK_MS * 32;
  return Array.from(
    { length: audio.length / bytes },
    (_, n) => Uint8Array.from(audio.subarray(n * bytes, (n + 1) * bytes)).buffer,
  );
}

describe('sessions of the caption page', () => {
  it.each([1, 2, 3, 4, 5])(
    'loses and repeats nothing when the server is restarted at any time (%i)',
    async (seed) => {
      const script = randomScript(seed, { durationMs: 60_000 });
      const engine = exactEngine({ script });
      const speaker = new Speaker();
      for (const chunk of chunksOf(renderAudio(script, 0, 960_000))) speaker.queue.push(chunk);
      let port = 0;
      let restarts = 0;
      while (!speaker.hasEnded) {
        const service = await servingPage({}, { engine, port });
        port = service.port;
        await speaker.speak(port, seed);
        // The server is gone, together with what it knew.
        await service.close();
        if (!speaker.hasEnded) restarts += 1;
      }
      expect(restarts).toBeGreaterThan(1);
      const { isExact, largestTimeErrorMs } = compare(script, speaker.finals);
      expect([isExact, largestTimeErrorMs < 20]).toEqual([true, true]);
      expect(speaker.finals.map(({ sentence_id }) => sentence_id)).toEqual(
        script.sentences.map((_, n) => n + 1),
      );
    },
  );

  it('sends the sentences that a page has missed when its connection comes back', async () => {
    const { port } = await servingPage();
    const first = await PageClient.open(port);
    first.say({ type: 'source', secret: SECRET, sentenceId: 0, ...SIZE });
    first.say({ type: 'audio', positionMs: 0 });
    first.say(Buffer.alloc(64_000));
    await expect.poll(() => first.texts).toEqual(['Second 1.', 'Second 2.']);
    first.socket.terminate();
    const second = await PageClient.open(port);
    second.say({ type: 'source', secret: SECRET, sentenceId: 1, ...SIZE });
    await expect.poll(() => second.types).toContain('ready');
    expect(second.types.slice(0, 2)).toEqual(['sentence', 'caption']);
    expect(second.texts).toEqual(['Second 2.']);
    second.say({ type: 'audio', positionMs: 2000 });
    second.say(Buffer.alloc(32_000));
    await expect
      .poll(() => second.received.at(-1))
      .toMatchObject({
        type: 'sentence',
        sentence: { sentence_id: 3, begin_time: 2000, end_time: 3000, words: [{ begin_time: 2000 }, {}] },
      });
  });

  it('shows a session to other pages, each in lines of its own width', async () => {
    const { port } = await servingPage();
    const source = await PageClient.open(port);
    const follower = await PageClient.open(port);
    follower.say({ type: 'view', lines: 1, width: 10 });
    source.say({ type: 'source', secret: SECRET, sentenceId: 0, ...SIZE });
    source.say({ type: 'audio', positionMs: 0 });
    for (let second = 0; second < 3; second += 1) source.say(Buffer.alloc(32_000));
    await expect.poll(() => follower.texts).toEqual(['Second 1.', 'Second 2.', 'Second 3.']);
    const [{ session } = { session: '' }] = source.received.filter((message) => message.type === 'ready');
    expect(session).not.toBe(SECRET);
    const late = await PageClient.open(port);
    late.say({ type: 'view', session, ...SIZE });
    await expect.poll(() => late.texts).toEqual(['Second 1.', 'Second 2.', 'Second 3.']);
    const lastLines = (client: PageClient) =>
      client.received.flatMap((message) => (message.type === 'caption' ? [message.lines] : [])).at(-1);
    await expect.poll(() => lastLines(late)).toEqual(['Second 1. Second 2. Second 3.']);
    await expect.poll(() => lastLines(follower)).toEqual(['Second 3.']);
    // The name of a session, which viewers know, is not the secret of its source.
    const other = await PageClient.open(port);
    other.say({ type: 'source', secret: session, sentenceId: 0, ...SIZE });
    await expect.poll(() => other.types).toContain('ready');
    expect(other.texts).toEqual([]);
  });

  it('lets a page that comes back take over its session from a connection that is still open', async () => {
    const { port } = await servingPage({ maxSources: 1 });
    const first = await PageClient.open(port);
    first.say({ type: 'source', secret: SECRET, sentenceId: 0, ...SIZE });
    await expect.poll(() => first.types).toContain('ready');
    const second = await PageClient.open(port);
    second.say({ type: 'source', secret: SECRET, sentenceId: 0, ...SIZE });
    expect(await first.closed).toBe('4409 replaced');
    await expect.poll(() => second.types).toContain('ready');
  });

  it('reports a failure of the recognition, and takes the audio again', async () => {
    const { port } = await servingPage({
      recognition: {
        engine: 'cloud',
        baseUrl: 'ws://127.0.0.1:1/',
        apiKey: 'sk-0123456789abcdef0123',
        maxRetries: 0,
      },
    });
    const client = await PageClient.open(port);
    client.say({ type: 'source', secret: SECRET, sentenceId: 0, ...SIZE });
    client.say({ type: 'audio', positionMs: 0 });
    client.say(Buffer.alloc(6400));
    await expect.poll(() => client.received.at(-1)).toMatchObject({ type: 'error', code: 'E_CONNECT' });
    expect(JSON.stringify(client.received)).not.toContain('sk-0123456789abcdef0123');
    client.say(Buffer.alloc(6400));
    client.say({ type: 'audio', positionMs: 0 });
    client.say(Buffer.alloc(6400));
    await expect.poll(() => client.types.filter((type) => type === 'error')).toHaveLength(2);
  });

  it('recognises in the language that the user has chosen, and says when the model does not know it', async () => {
    const languages: (string | undefined)[] = [];
    const counting = countingEngine();
    const engine: Engine = {
      ...counting,
      languages: ['en', 'zh'],
      open: (options) => {
        languages.push(options.language);
        return counting.open(options);
      },
    };
    const { port } = await servingPage({}, { engine });
    const client = await PageClient.open(port);
    client.say({ type: 'source', secret: SECRET, sentenceId: 0, ...SIZE });
    for (const language of ['zh', undefined]) {
      client.say({ type: 'audio', positionMs: 0, language });
      client.say(Buffer.alloc(32_000));
      client.say({ type: 'stop' });
      await expect.poll(() => client.received.at(-1)?.type).toBe('ended');
      client.received.length = 0;
    }
    expect(languages).toEqual(['zh', undefined]);
    client.say({ type: 'audio', positionMs: 0, language: 'ja' });
    await expect.poll(() => client.received.at(-1)).toMatchObject({ type: 'error', code: 'E_LANGUAGE' });
  });

  it('takes audio no faster than it is recognised', async () => {
    const { port } = await servingPage({}, { engine: countingEngine({ msPerSecond: 60_000 }) });
    const client = await PageClient.open(port);
    client.say({ type: 'source', secret: SECRET, sentenceId: 0, ...SIZE });
    client.say({ type: 'audio', positionMs: 0 });
    const megabytes = 60;
    for (let sent = 0; sent < megabytes * 32; sent += 1) client.say(Buffer.alloc(32_000));
    await delay(500);
    expect(client.socket.bufferedAmount).toBeGreaterThan(1_000_000);
  });
});
