import { expect, test } from 'vitest';
import { loudestChannelWarning } from '../../../lib/audio/channels/channel-warnings.ts';

test('names the recording, the part, and the channel counted from 1', () => {
  const span = { beginMs: 1250, endMs: 9100 };
  const warning = loudestChannelWarning('call.wav', { ...span, channel: 1 });
  expect([warning.code, warning.span]).toEqual(['W_LOUDEST_CHANNEL', span]);
  expect(warning.message).toMatch(/^call\.wav: from 1\.3 s to 9\.1 s .* channel 2 was used$/);
});
