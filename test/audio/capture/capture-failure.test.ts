import { expect, test } from 'vitest';
import { captureFailure, captureLost } from '../../../lib/audio/capture/capture-failure.ts';

const FFMPEG = { path: '/usr/bin/ffmpeg', version: '5.1', source: 'PATH' } as const;
const pulse = { driver: 'pulse', device: 'default' };
const alsa = { driver: 'alsa', device: 'hw:9' };

test('names each source that was tried, and the error of FFmpeg', () => {
  const failure = captureFailure(
    [
      { source: pulse, reason: "Unknown input format: 'pulse'" },
      { source: alsa, reason: 'hw:9: Input/output error' },
    ],
    FFMPEG,
  );
  expect(failure.code).toBe('E_CAPTURE');
  expect(failure.message).toBe(
    'no microphone can be used (pulse default: this FFmpeg (5.1, PATH) does not have this driver; alsa hw:9: Input/output error)',
  );
});

test.each([
  ["Unknown input format: 'pulse'", /^Install the system's own FFmpeg/],
  ["Unrecognized option 'fragment_size'.", /^Install the system's own FFmpeg/],
  ['cannot open audio device hw:9 (Permission denied)', /privacy settings.*group audio/],
  ['Failed to create AV capture input device: not authorized to capture audio', /privacy settings/],
  ['cannot open audio device hw:9 (Device or resource busy)', /^Close the program/],
  ['default: No such process', /^Connect a microphone and start the sound server/],
  ['cannot open audio device hw:9 (No such file or directory)', /^Connect a microphone.*--list-devices/],
])('gives a hint for %s', (reason, hint) => {
  expect(captureFailure([{ source: alsa, reason }], FFMPEG).hint).toMatch(hint);
});

test('shows the hint for the failure that is easiest to correct', () => {
  const failed = [
    { source: pulse, reason: 'default: No such process' },
    { source: alsa, reason: 'cannot open audio device default (Permission denied)' },
  ];
  expect(captureFailure(failed, FFMPEG).hint).toMatch(/privacy settings/);
});

test('states the duration of the sound from before a device failed', () => {
  const lost = captureLost({ source: pulse, reason: 'default: Input/output error' }, 12_345);
  expect(lost.code).toBe('W_CAPTURE_LOST');
  expect(lost.message).toBe('pulse default: the device failed after 12.3 s of sound: Input/output error');
});
