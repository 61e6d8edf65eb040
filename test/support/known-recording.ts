import { buffer } from 'node:stream/consumers';
import { decodeFile } from '../../lib/audio/decode-file.ts';
import type { ScriptedClient } from './scripted-service.ts';

const BYTES_PER_MS = 32;

/**
 * Recognises one recording exactly, for a scripted service: finds the position of the client's audio in the recording and
 * sends one final sentence for each part of equal length, "0-500 ms", "500-1000 ms" and so on. If a part is incomplete,
 * its text shows that: anything that was lost, repeated or moved is visible.
 */
export class KnownRecording {
  readonly durationMs: number;
  readonly #pcm: Buffer;
  readonly #partMs: number;

  /** @param channel The channel to recognise, from 0. @default the mix of all */
  static async decode(path: string, partMs = 500, channel?: number): Promise<KnownRecording> {
    return new KnownRecording(await buffer(decodeFile(path, { channels: channel })), partMs);
  }

  private constructor(pcm: Buffer, partMs: number) {
    this.durationMs = pcm.length / BYTES_PER_MS;
    this.#pcm = pcm;
    this.#partMs = partMs;
  }

  /**
   * Returns the position in the recording at which the audio of a client starts, in ms. The client must have sent some.
   */
  startMs(client: ScriptedClient): number {
    return this.#pcm.indexOf(client.audio) / BYTES_PER_MS;
  }

  /**
   * Recognises the audio of a client to its end.
   * @param onFinal Called before each final sentence, with its end and its begin in ms of the recording.
   */
  async recognise(
    client: ScriptedClient,
    onFinal: (endMs: number, beginMs: number) => unknown = () => {},
  ): Promise<void> {
    await client.startTask();
    await this.recogniseTask(client, onFinal);
  }

  /** Recognises the audio of a client whose task was started. */
  async recogniseTask(
    client: ScriptedClient,
    onFinal: (endMs: number, beginMs: number) => unknown = () => {},
  ): Promise<void> {
    const finishing = client.action('finish-task');
    await Promise.race([client.audioBytes(1), finishing]);
    const startMs = this.startMs(client);
    for (let at = startMs; at < this.durationMs; ) {
      const end = Math.min(this.#endOfPart(at), this.durationMs);
      await Promise.race([client.audioBytes((end - startMs) * BYTES_PER_MS), finishing]);
      const received = Math.min(end, startMs + client.audio.length / BYTES_PER_MS);
      if (received > at) {
        await onFinal(received, at);
        client.final(`${at}-${received} ms`, at - startMs, received - startMs);
      }
      if (received < end) break;
      at = end;
    }
    await client.finishTask();
  }

  /** The texts of a recognition without faults. */
  get text(): string[] {
    const sentences: string[] = [];
    for (let at = 0; at < this.durationMs; at = this.#endOfPart(at)) {
      sentences.push(`${at}-${Math.min(this.#endOfPart(at), this.durationMs)} ms`);
    }
    return sentences;
  }

  #endOfPart(ms: number): number {
    return (Math.floor(ms / this.#partMs) + 1) * this.#partMs;
  }
}
