import type { Duplex } from 'node:stream';
import { FunAsrError } from '../errors.ts';
import { checkOptions } from '../options.ts';
import { DECODE_RULES, type DecodeOptions } from './decode-file.ts';
import { type DecodeJob, decodePcm } from './decode-pcm.ts';
import { findFfmpeg } from './ffmpeg.ts';
import { DEFAULT_SAMPLE_RATE } from './pcm.ts';
import { duplexFrom } from './pull.ts';
import { Replayable, REPLAY_BYTES } from './replayable.ts';
import { needsSeeking, refusePlaylist, SNIFF_BYTES } from './sniff.ts';
import { spooled } from './spool.ts';

const NAME = 'the input stream';

/**
 * The bytes of a recording in any container → s16le mono PCM. Containers that need seeking (MP4, MOV, M4A, AIFF,
 * CAF, AVI) are first copied to a private temporary file, which is removed in every case; all others are decoded
 * while they arrive. For a file on disk `decodeFile` is better.
 *
 * Emits the warnings of `decodeFile`, and fails as it does; also with `E_DISK_FULL` and `E_WRITE` when the
 * temporary file cannot be written.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function decode(options: DecodeOptions = {}): Duplex {
  checkOptions('decode', options, DECODE_RULES);
  const { sampleRate = DEFAULT_SAMPLE_RATE, ffmpegPath, maxDuration, signal } = options;
  return duplexFrom(async function* (source, context) {
    const bytes = new Replayable(source, REPLAY_BYTES);
    const head = await bytes.head(SNIFF_BYTES);
    if (head.length === 0) throw new FunAsrError('E_BAD_MEDIA', `${NAME}: it is empty`);
    refusePlaylist(head, NAME);
    const ffmpeg = await findFfmpeg({ ffmpegPath });
    const decodeFrom = (from: Pick<DecodeJob, 'input' | 'bytes'>): ReturnType<typeof decodePcm> =>
      decodePcm({ ffmpeg, name: NAME, sampleRate, maxDuration, ...from }, context);
    if (needsSeeking(head)) yield* spooled(bytes, (path) => decodeFrom({ input: { kind: 'file', path } }));
    else yield* decodeFrom({ input: { kind: 'bytes' }, bytes });
  }, signal);
}
