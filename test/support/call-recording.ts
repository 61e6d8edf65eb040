import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ENCODER } from '../audio/samples.ts';
import { KnownRecording } from './known-recording.ts';
import type { ScriptedClient } from './scripted-service.ts';

/** Two people who speak at the same time, one on each channel of a WAV at 16 kHz. */
export class CallRecording {
  /** The recording of each channel. */
  readonly sides: readonly KnownRecording[];

  /** Writes the call to a file. */
  static async create(path: string): Promise<CallRecording> {
    const filter =
      '[0:a]aresample=16000[a];[1:a]aresample=16000,adelay=300[b];[a][b]join=inputs=2:channel_layout=stereo,atrim=duration=5.3';
    const inputs = ['-i', 'fixtures/leisure.wav', '-i', 'fixtures/cold-hearted.flac'];
    await promisify(execFile)(ENCODER, ['-nostdin', '-y', ...inputs, '-filter_complex', filter, path]);
    return new CallRecording([
      await KnownRecording.decode(path, 500, 0),
      await KnownRecording.decode(path, 700, 1),
    ]);
  }

  private constructor(sides: readonly KnownRecording[]) {
    this.sides = sides;
  }

  /** The channel whose audio a client sends, from 0; the client must have sent some. −1 for a mix. */
  channelOf(client: ScriptedClient): number {
    return this.sides.findIndex((side) => side.startMs(client) >= 0);
  }

  /**
   * Recognises the audio of a client.
   * @param onFinal Called before each final sentence, with the channel, and with its end in ms.
   */
  async recognise(
    client: ScriptedClient,
    onFinal: (channel: number, endMs: number) => unknown = () => {},
  ): Promise<void> {
    await client.startTask();
    // Silence is on both sides: audio of this length distinguishes them.
    await Promise.race([client.audioBytes(32_000), client.action('finish-task')]);
    const channel = this.channelOf(client);
    await this.sides[channel]?.recogniseTask(client, (endMs) => onFinal(channel, endMs));
  }
}
