import { expect, test } from 'vitest';
import {
  otherTracksArguments,
  packetListArguments,
  probeArguments,
} from '../../../../lib/audio/ffmpeg/arguments/inspect-arguments.ts';

const FILE = { kind: 'file', path: '/recordings/talk.mp4' } as const;

test('a probe has no output', () => {
  expect(probeArguments(FILE).slice(-2)).toEqual(['-i', 'file:/recordings/talk.mp4']);
});

test('lists packets of sound without decoding them, with the times of the container', () => {
  const args = packetListArguments(FILE).join(' ');
  expect(args).toMatch(/-copyts .* -vn -sn -dn -c:a copy -f framecrc pipe:1$/);
});

test('reads picture and subtitles, but no cover picture and no sound', () => {
  expect(otherTracksArguments(FILE).join(' ')).toMatch(/-map 0:V\? -map 0:s\? -c copy -f null -$/);
});
