import { buffer } from 'node:stream/consumers';
import { decodeFile } from '../../lib/audio/decode-file.ts';
import type { ScriptedClient } from './scripted-service.ts';

const BYTES_PER_MS = 32;

/**
 * A recording that a scripted service knows by heart: by the audio alone it tells which part of the recording a
 * client sends, and says one final sentence for each stretch of it, "0-500 ms", "500-1000 ms", …. A part of a
 * stretch gives a sentence that says so: whatever is lost, repeated or shifted shows in the text.
 */
export class KnownRecording {
  readonly durationMs: number;
  readonly #pcm: Buffer;
  readonly #stretchMs: number;

  static async decode(path: string, stretchMs = 500): Promise<KnownRecording> {
    return new KnownRecording(await buffer(decodeFile(path)), stretchMs);
  }

  private constructor(pcm: Buffer, stretchMs: number) {
    this.durationMs = pcm.length / BYTES_PER_MS;
    this.#pcm = pcm;
    this.#stretchMs = stretchMs;
  }

  /** Where in the recording the audio of a client begins, in ms; it must have sent some. */
  startMs(client: ScriptedClient): number {
    return this.#pcm.indexOf(client.audio) / BYTES_PER_MS;
  }

  /**
   * Recognises what a client sends, to its end.
   * @param onFinal Called before each final sentence, with its end and its begin in ms of the recording.
   */
  async recognise(
    client: ScriptedClient,
    onFinal: (endMs: number, beginMs: number) => unknown = () => {},
  ): Promise<void> {
    await client.startTask();
    const finishing = client.action('finish-task');
    await Promise.race([client.audioBytes(1), finishing]);
    const startMs = this.startMs(client);
    for (let at = startMs; at < this.durationMs; ) {
      const end = Math.min(this.#endOfStretch(at), this.durationMs);
      await Promise.race([client.audioBytes((end - startMs) * BYTES_PER_MS), finishing]);
      const heard = Math.min(end, startMs + client.audio.length / BYTES_PER_MS);
      if (heard > at) {
        await onFinal(heard, at);
        client.final(`${at}-${heard} ms`, at - startMs, heard - startMs);
      }
      if (heard < end) break;
      at = end;
    }
    await client.finishTask();
  }

  /** The text of an undisturbed recognition. */
  get text(): string[] {
    const sentences: string[] = [];
    for (let at = 0; at < this.durationMs; at = this.#endOfStretch(at)) {
      sentences.push(`${at}-${Math.min(this.#endOfStretch(at), this.durationMs)} ms`);
    }
    return sentences;
  }

  #endOfStretch(ms: number): number {
    return (Math.floor(ms / this.#stretchMs) + 1) * this.#stretchMs;
  }
}
