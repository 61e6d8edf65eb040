import { expect, test } from 'vitest';
import { assessDecode, type DecodeEnd } from '../../../lib/audio/ffmpeg/assess-decode.ts';

const STREAM = { streamIndex: 0, codec: 'mp3', sampleRate: 44_100, channels: 2, isDefault: false };
const MEDIA = { container: 'mp3', durationMs: 60_000, durationIsEstimate: false, tracks: [STREAM] };

function ending(changes: Partial<Omit<DecodeEnd, 'log'>> & Partial<DecodeEnd['log']>): DecodeEnd {
  const { errors = [], media = MEDIA, ...rest } = changes;
  return {
    name: 'a.mp3',
    exit: { code: 0, signal: null },
    decodedMs: 60_000,
    ...rest,
    log: { errors, media },
  };
}

const codesOf = (changes: Parameters<typeof ending>[0]): string[] =>
  assessDecode(ending(changes)).map(({ code }) => code);

test('reports no loss when all audio was decoded without an error', () => {
  expect(codesOf({})).toEqual([]);
});

test('warns when FFmpeg fails after it produced audio', () => {
  expect(
    assessDecode(ending({ decodedMs: 30_000, exit: { code: 1, signal: null }, errors: ['broken'] })),
  ).toMatchObject([{ code: 'W_DECODE_TAIL', message: 'a.mp3: 30.0 s decoded, then FFmpeg failed: broken' }]);
});

test('warns when far less audio was decoded than the header states, although FFmpeg exits with 0', () => {
  expect(assessDecode(ending({ decodedMs: 30_000 }))).toMatchObject([
    {
      code: 'W_TRUNCATED',
      message: 'a.mp3: 30.0 s decoded of the 60.0 s that its header states: 30.0 s are missing',
    },
  ]);
});

test('calculates the stated duration of a truncated WAV from its bytes', () => {
  const truncation = { kind: 'missing bytes', statedBytes: 4000, presentBytes: 1000 } as const;
  expect(assessDecode(ending({ decodedMs: 15_000, truncation }))).toMatchObject([
    {
      code: 'W_TRUNCATED',
      message: 'a.mp3: 15.0 s decoded of the 60.0 s that its header states: 45.0 s are missing',
    },
  ]);
});

test('warns when the last page of an Ogg file is missing, whatever its duration', () => {
  expect(assessDecode(ending({ truncation: { kind: 'no last page' } }))).toMatchObject([
    { code: 'W_TRUNCATED', message: 'a.mp3: 60.0 s decoded and the last page of the stream is missing' },
  ]);
});

test('fails when nothing of a stated minute was decoded, even without an error', () => {
  expect(() => assessDecode(ending({ decodedMs: 0 }))).toThrow(
    expect.objectContaining({ code: 'E_BAD_MEDIA' }),
  );
});

test('tolerates no more than two frames of a codec where the stated duration is exact', () => {
  expect(codesOf({ decodedMs: 59_800 })).toEqual([]);
  expect(codesOf({ decodedMs: 59_700 })).toEqual(['W_TRUNCATED']);
  expect(codesOf({ decodedMs: 3_599_000, media: { ...MEDIA, durationMs: 3_600_000 } })).toEqual([
    'W_TRUNCATED',
  ]);
});

test.each([
  { ...MEDIA, container: 'asf' },
  { ...MEDIA, tracks: [STREAM, STREAM] },
])('tolerates a missing end of one second, or of two percent, where it may be another one (%#)', (media) => {
  expect(codesOf({ decodedMs: 59_000, media })).toEqual([]);
  expect(codesOf({ decodedMs: 3_550_000, media: { ...media, durationMs: 3_600_000 } })).toEqual([]);
  expect(codesOf({ decodedMs: 3_500_000, media: { ...media, durationMs: 3_600_000 } })).toEqual([
    'W_TRUNCATED',
  ]);
});

test('reports no loss when a picture outlasts the sound, and a loss when both end too early', () => {
  const media = { ...MEDIA, hasOtherTracks: true };
  expect(codesOf({ decodedMs: 30_000, media, otherTracksMs: 60_000 })).toEqual([]);
  expect(codesOf({ decodedMs: 30_000, media, otherTracksMs: 31_000 })).toEqual(['W_TRUNCATED']);
  expect(codesOf({ decodedMs: 30_000, media })).toEqual([]);
  expect(codesOf({ decodedMs: 30_000, media, errors: ['File ended prematurely'] })).toEqual(['W_TRUNCATED']);
});

test('expects no duration when the header states an estimate or none', () => {
  expect(codesOf({ decodedMs: 30_000, media: { ...MEDIA, durationIsEstimate: true } })).toEqual([]);
  expect(codesOf({ decodedMs: 30_000, media: { ...MEDIA, durationMs: undefined } })).toEqual([]);
});

test('warns of an empty recording when FFmpeg gave neither audio nor an error', () => {
  expect(assessDecode(ending({ decodedMs: 0, media: { ...MEDIA, durationMs: 0 } }))).toMatchObject([
    { code: 'W_NO_AUDIO', message: 'a.mp3: no audio data: it contains no samples' },
  ]);
});

test.each([
  [{ exit: { code: 0, signal: null }, errors: ['Header missing'] }, 'a.mp3: Header missing'],
  [{ exit: { code: 1, signal: null }, errors: [] }, 'a.mp3: FFmpeg produced no audio'],
  [
    { errors: ['Output file #0 does not contain any stream'], media: { ...MEDIA, tracks: [] } },
    'a.mp3: it has no audio track',
  ],
])('fails when FFmpeg gave an error and no audio (%#)', (changes, message) => {
  expect(() => assessDecode(ending({ decodedMs: 0, ...changes }))).toThrow(
    expect.objectContaining({ code: 'E_BAD_MEDIA', message, hint: expect.any(String) }),
  );
});

test('fails with a retryable error when FFmpeg was killed', () => {
  expect(() => assessDecode(ending({ exit: { code: null, signal: 'SIGKILL' } }))).toThrow(
    expect.objectContaining({ code: 'E_DECODE_KILLED', retryable: true }),
  );
});
