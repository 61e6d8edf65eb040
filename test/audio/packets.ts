import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import prism from 'prism-media';
import { findFfmpeg } from '../../lib/audio/ffmpeg/find-ffmpeg.ts';

const run = promisify(execFile);

/** Encodes audio with FFmpeg. @param args Input, filters and the options of the output. */
export async function encoded(...args: readonly string[]): Promise<Buffer> {
  const { path } = await findFfmpeg();
  const options = { encoding: 'buffer', maxBuffer: 2 ** 28 } as const;
  const { stdout } = await run(path, ['-v', 'error', '-nostdin', ...args, '-'], options);
  return stdout;
}

/** Encodes audio as Opus in Ogg with FFmpeg. @param args Input, filters and encoder options. */
export async function oggOpus(...args: readonly string[]): Promise<Buffer> {
  return await encoded(...args, '-c:a', 'libopus', '-f', 'opus');
}

/** Takes the Opus packets out of an Ogg stream, as a program for voice chats does. */
export async function packetsOf(ogg: Buffer): Promise<Buffer[]> {
  const demuxer = new prism.opus.OggDemuxer();
  demuxer.end(ogg);
  return await demuxer.toArray();
}
