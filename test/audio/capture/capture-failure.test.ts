import { expect, test } from 'vitest';
import { captureFailure, captureLost } from '../../../lib/audio/capture/capture-failure.ts';

const FFMPEG = { path: '/usr/bin/ffmpeg', version: '5.1', source: 'PATH' } as const;
const pulse = { driver: 'pulse', device: 'default' };
const alsa = { driver: 'alsa', device: 'hw:9' };

test('a failure names all that was tried, and how FFmpeg answered', () => {
  const failure = captureFailure(
    [
      { source: pulse, reason: "Unknown input format: 'pulse'" },
      { source: alsa, reason: 'hw:9: Input/output error' },
    ],
    FFMPEG,
  );
  expect(failure.code).toBe('E_CAPTURE');
  expect(failure.message).toBe(
    'No sound can be captured (pulse default: this FFmpeg (5.1, PATH) has no such driver; alsa hw:9: Input/output error)',
  );
});

test.each([
  ["Unknown input format: 'pulse'", /^Install the system's own FFmpeg/],
  ["Unrecognized option 'fragment_size'.", /^Install the system's own FFmpeg/],
  ['cannot open audio device hw:9 (Permission denied)', /privacy settings.*group audio/],
  ['Failed to create AV capture input device: not authorized to capture audio', /privacy settings/],
  ['cannot open audio device hw:9 (Device or resource busy)', /^Close the program/],
  ['default: No such process', /^Start the sound server/],
  ['cannot open audio device hw:9 (No such file or directory)', /^Connect a microphone.*--list-devices/],
])('%s comes with what to do', (reason, hint) => {
  expect(captureFailure([{ source: alsa, reason }], FFMPEG).hint).toMatch(hint);
});

test('of several failures the hint is about the one that is most worth mending', () => {
  const failed = [
    { source: pulse, reason: 'default: No such process' },
    { source: alsa, reason: 'cannot open audio device default (Permission denied)' },
  ];
  expect(captureFailure(failed, FFMPEG).hint).toMatch(/privacy settings/);
});

test('a device that fails later is a loss, with the length of what there is', () => {
  const lost = captureLost({ source: pulse, reason: 'default: Input/output error' }, 12_345);
  expect(lost.code).toBe('W_CAPTURE_LOST');
  expect(lost.message).toBe('pulse default: it failed after 12.3 s of sound: Input/output error');
});
