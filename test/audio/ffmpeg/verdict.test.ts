import { expect, test } from 'vitest';
import { type Ending, judge } from '../../../lib/audio/ffmpeg/verdict.ts';

const STREAM = { codec: 'mp3', sampleRate: 44_100, channels: 2, isDefault: false };
const MEDIA = { container: 'mp3', durationMs: 60_000, durationIsEstimate: false, tracks: [STREAM] };

function ending(changes: Partial<Omit<Ending, 'log'>> & Partial<Ending['log']>): Ending {
  const { complaints = [], media = MEDIA, ...rest } = changes;
  return {
    name: 'a.mp3',
    exit: { code: 0, signal: null },
    decodedMs: 60_000,
    ...rest,
    log: { complaints, media },
  };
}

const codesOf = (changes: Parameters<typeof ending>[0]): string[] =>
  judge(ending(changes)).map(({ code }) => code);

test('all of the audio and no complaint is no loss', () => {
  expect(codesOf({})).toEqual([]);
});

test('audio, then a failure, is kept with a warning', () => {
  expect(
    judge(ending({ decodedMs: 30_000, exit: { code: 1, signal: null }, complaints: ['broken'] })),
  ).toMatchObject([{ code: 'W_DECODE_TAIL', message: 'a.mp3: 30.0 s decoded, then FFmpeg failed: broken' }]);
});

test('far less audio than the header promises is a truncated recording, whatever the exit code says', () => {
  expect(judge(ending({ decodedMs: 30_000 }))).toMatchObject([
    { code: 'W_TRUNCATED', message: 'a.mp3: 30.0 s decoded of the 60.0 s that its header promises' },
  ]);
});

test('a WAV that was cut off is measured by its bytes', () => {
  const truncation = { kind: 'missing bytes', statedBytes: 4000, presentBytes: 1000 } as const;
  expect(judge(ending({ decodedMs: 15_000, truncation }))).toMatchObject([
    { code: 'W_TRUNCATED', message: 'a.mp3: 15.0 s decoded of the 60.0 s that its header promises' },
  ]);
});

test('an Ogg without its last page was cut off, however long it is', () => {
  expect(judge(ending({ truncation: { kind: 'no last page' } }))).toMatchObject([
    { code: 'W_TRUNCATED', message: 'a.mp3: 60.0 s decoded and then no end of the stream' },
  ]);
});

test('nothing of a promised minute is no empty recording, even without a complaint', () => {
  expect(() => judge(ending({ decodedMs: 0 }))).toThrow(expect.objectContaining({ code: 'E_BAD_MEDIA' }));
});

test('a second, or two percent, is no truncation', () => {
  expect(codesOf({ decodedMs: 59_000 })).toEqual([]);
  expect(codesOf({ decodedMs: 3_550_000, media: { ...MEDIA, durationMs: 3_600_000 } })).toEqual([]);
  expect(codesOf({ decodedMs: 3_500_000, media: { ...MEDIA, durationMs: 3_600_000 } })).toEqual([
    'W_TRUNCATED',
  ]);
});

test('an estimate, or no length at all, promises nothing', () => {
  expect(codesOf({ decodedMs: 30_000, media: { ...MEDIA, durationIsEstimate: true } })).toEqual([]);
  expect(codesOf({ decodedMs: 30_000, media: { ...MEDIA, durationMs: undefined } })).toEqual([]);
});

test('no audio without a complaint is an empty recording, which is said', () => {
  expect(judge(ending({ decodedMs: 0, media: { ...MEDIA, durationMs: 0 } }))).toMatchObject([
    { code: 'W_NO_AUDIO', message: 'a.mp3: no audio data: there is not one sample in it' },
  ]);
});

test.each([
  [{ exit: { code: 0, signal: null }, complaints: ['Header missing'] }, 'a.mp3: Header missing'],
  [{ exit: { code: 1, signal: null }, complaints: [] }, 'a.mp3: no audio came out'],
  [
    { complaints: ['Output file #0 does not contain any stream'], media: { ...MEDIA, tracks: [] } },
    'a.mp3: it has no sound',
  ],
])('no audio and a complaint is no recording (%#)', (changes, message) => {
  expect(() => judge(ending({ decodedMs: 0, ...changes }))).toThrow(
    expect.objectContaining({ code: 'E_BAD_MEDIA', message, hint: expect.any(String) }),
  );
});

test('an FFmpeg that was killed is an error that may be tried again', () => {
  expect(() => judge(ending({ exit: { code: null, signal: 'SIGKILL' } }))).toThrow(
    expect.objectContaining({ code: 'E_DECODE_KILLED', retryable: true }),
  );
});
