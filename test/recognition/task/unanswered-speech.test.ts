import { describe, expect, it } from 'vitest';
import { UnansweredSpeech } from '../../../lib/recognition/task/unanswered-speech.ts';

const LIMIT_MS = 40;

/** 16 kHz audio whose samples swing by so much. */
function audio(ms: number, level: number): Buffer {
  return Buffer.from(Int16Array.from({ length: ms * 16 }, (_, at) => (at % 2 ? level : -level)).buffer);
}

async function pass(ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
}

function speech(): UnansweredSpeech {
  return new UnansweredSpeech(32, LIMIT_MS);
}

describe('speech without an answer', () => {
  it('is overdue when the service has said nothing for the limit, and was sent half of it in speech', async () => {
    const unanswered = speech();
    unanswered.sent(audio(LIMIT_MS / 2, 1000));
    expect(unanswered.isOverdue).toBe(false);
    await pass(LIMIT_MS + 1);
    expect(unanswered.isOverdue).toBe(true);
  });

  it.each([
    ['silence', 10_000, 90],
    ['less speech than half of the limit', LIMIT_MS / 2 - 1, 1000],
  ])('is not what %s is', async (_, ms, level) => {
    const unanswered = speech();
    unanswered.sent(audio(ms, level));
    await pass(LIMIT_MS + 1);
    expect(unanswered.isOverdue).toBe(false);
  });

  it('is measured by its time at any rate', async () => {
    const unanswered = new UnansweredSpeech(16, LIMIT_MS);
    unanswered.sent(audio(LIMIT_MS / 4, 1000));
    await pass(LIMIT_MS + 1);
    expect(unanswered.isOverdue).toBe(true);
  });

  it('is answered by anything that the service says', async () => {
    const unanswered = speech();
    unanswered.sent(audio(LIMIT_MS, 1000));
    await pass(LIMIT_MS + 1);
    unanswered.heard();
    expect(unanswered.isOverdue).toBe(false);
    await pass(LIMIT_MS + 1);
    expect(unanswered.isOverdue).toBe(false);
    unanswered.sent(audio(LIMIT_MS, 1000));
    await pass(LIMIT_MS + 1);
    expect(unanswered.isOverdue).toBe(true);
  });

  it('is not overdue at once when the service had nothing to answer for long', async () => {
    const unanswered = speech();
    unanswered.sent(audio(LIMIT_MS, 0));
    await pass(2 * LIMIT_MS);
    unanswered.sent(audio(LIMIT_MS, 1000));
    expect(unanswered.isOverdue).toBe(false);
  });
});
