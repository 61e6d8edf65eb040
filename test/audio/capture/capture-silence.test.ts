import { expect, test } from 'vitest';
import { captureSilent, SilenceWatch } from '../../../lib/audio/capture/capture-silence.ts';

const second = (sample: number) => Buffer.alloc(32_000).fill(Buffer.from([sample, 0]));

/** What the watch says of each second of sound. */
function said(...samples: number[]): boolean[] {
  const watch = new SilenceWatch(16_000);
  return samples.map((sample) => watch.feed(second(sample)));
}

test('five seconds of zeros are silence, which is said once', () => {
  expect(said(0, 0, 0, 0, 0, 0, 0)).toEqual([false, false, false, false, true, false, false]);
});

test('the faintest noise is sound, and so is silence after it', () => {
  expect(said(0, 0, 0, 0, 1, 0, 0)).not.toContain(true);
  expect(said(1, 0, 0, 0, 0, 0, 0)).not.toContain(true);
});

test('the warning names the device, and what to look at', () => {
  const warning = captureSilent({ driver: 'avfoundation', device: 'default' });
  expect(warning).toMatchObject({
    code: 'W_CAPTURE_SILENT',
    message: 'avfoundation default: it gives nothing but silence',
    hint: expect.stringMatching(/muted.*privacy settings/),
  });
});
