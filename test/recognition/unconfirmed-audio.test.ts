import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnconfirmedAudio } from '../../lib/recognition/unconfirmed-audio.ts';

describe('audio that is not final yet', () => {
  it('is what came after the last confirmed position, however it was cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 50, size: 'max' }), { maxLength: 20, size: 'max' }),
        fc.array(fc.nat(600), { size: 'max', maxLength: 10 }),
        (chunks, positions) => {
          const audio = new UnconfirmedAudio();
          for (const chunk of chunks) audio.append(Buffer.from(chunk));
          const whole = Buffer.concat(chunks);
          for (const position of positions) audio.confirm(position);
          const start = Math.min(whole.length, Math.max(0, ...positions));
          expect(audio.start).toBe(start);
          expect(audio.end).toBe(whole.length);
          expect(Buffer.concat(audio.held()).equals(whole.subarray(start))).toBe(true);
        },
      ),
    );
  });

  it('lets the oldest go past its limit, and says from where on it is whole', () => {
    const audio = new UnconfirmedAudio(10);
    audio.append(Buffer.from('abcdefgh'));
    audio.append(Buffer.from('ijkl'));
    expect(Buffer.concat(audio.held()).toString()).toBe('cdefghijkl');
    expect([audio.start, audio.end]).toEqual([2, 12]);
  });
});
