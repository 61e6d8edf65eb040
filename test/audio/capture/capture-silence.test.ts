import { expect, test } from 'vitest';
import { captureSilent, SilenceDetector } from '../../../lib/audio/capture/capture-silence.ts';

const second = (sample: number) => Buffer.alloc(32_000).fill(Buffer.from([sample, 0]));

/** Whether the detector reports silence after each second. */
function detect(...samples: number[]): boolean[] {
  const detector = new SilenceDetector(16_000);
  return samples.map((sample) => detector.feed(second(sample)));
}

test('reports five seconds of zeros once', () => {
  expect(detect(0, 0, 0, 0, 0, 0, 0)).toEqual([false, false, false, false, true, false, false]);
});

test('reports nothing after the quietest noise', () => {
  expect(detect(0, 0, 0, 0, 1, 0, 0)).not.toContain(true);
  expect(detect(1, 0, 0, 0, 0, 0, 0)).not.toContain(true);
});

test('names the device in the warning, and what to check', () => {
  const warning = captureSilent({ driver: 'avfoundation', device: 'default' });
  expect(warning).toMatchObject({
    code: 'W_CAPTURE_SILENT',
    message: 'avfoundation default: the device gives only silence',
    hint: expect.stringMatching(/muted.*privacy settings/),
  });
});
