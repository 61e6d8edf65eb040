import { describe, expect, it } from 'vitest';
import type { WireSentence } from '../../../lib/protocol/messages/service-events.ts';
import { InputBuffer, type InputBufferOptions } from '../../../lib/recognition/input/input-buffer.ts';

const BYTES_PER_MS = 32;

/** Audio in which each sample is its position, in ms. */
function audio(fromMs: number, toMs: number): Buffer {
  const samples = Int16Array.from({ length: (toMs - fromMs) * 16 }, (_, at) => fromMs + Math.floor(at / 16));
  return Buffer.from(samples.buffer);
}

function final(begin_time: number, end_time: number, text = 'yes'): WireSentence {
  return { begin_time, end_time, text, words: [], sentence_end: true };
}

function pcm(options: Partial<InputBufferOptions> = {}): InputBuffer {
  return new InputBuffer({ pcmBytesPerMs: BYTES_PER_MS, ...options });
}

/** Sends everything to the current task. */
function sendAll(input: InputBuffer): Buffer {
  const chunks: Buffer[] = [];
  while (!input.isAllSent) chunks.push(input.take(16_384).audio);
  return Buffer.concat(chunks);
}

/** A buffer of which a task was sent some ms. */
function sent(ms: number, options?: Partial<InputBufferOptions>): InputBuffer {
  const input = pcm(options);
  input.append(audio(0, ms));
  input.beginTask();
  sendAll(input);
  return input;
}

describe('the first task', () => {
  it('is sent all audio, in chunks that are not larger than asked for', () => {
    const input = pcm();
    input.append(audio(0, 1500));
    input.beginTask();
    const chunks: Buffer[] = [];
    while (!input.isAllSent) {
      const chunk = input.take(10_000);
      expect(chunk).toMatchObject({ ms: chunk.audio.length / BYTES_PER_MS, resentMs: 0 });
      expect(chunk.audio.length).toBeLessThanOrEqual(10_000);
      chunks.push(chunk.audio);
    }
    expect(Buffer.concat(chunks).equals(audio(0, 1500))).toBe(true);
    expect([input.unconfirmedMs, input.furthestMs]).toEqual([1500, 1500]);
    expect(input.taskSpan).toEqual({ beginMs: 0, endMs: 1500 });
  });
});

describe('the next task', () => {
  it('begins with the first sample after the last final sentence', () => {
    const input = sent(2000);
    input.place(final(100, 777), null, 'first');
    expect([input.unconfirmedMs, input.start, input.final]).toEqual([1223, 777 * 32, 777 * 32]);
    input.append(audio(2000, 2500));
    input.beginTask();
    expect(sendAll(input).equals(audio(777, 2500))).toBe(true);
    expect(input.taskSpan).toEqual({ beginMs: 777, endMs: 2500 });
  });

  it('has its sentences placed in the whole input, with the next numbers', () => {
    const input = sent(2000);
    input.place(final(100, 777), null, 'first');
    input.beginTask();
    sendAll(input);
    expect(input.place(final(23, 400), null, 'second')).toMatchObject({
      sentence_id: 2,
      begin_time: 800,
      end_time: 1177,
    });
  });

  it('counts as resent only what an earlier task was sent, too', () => {
    const input = sent(1000);
    input.place(final(0, 600), null, 'first');
    input.append(audio(1000, 1300));
    input.beginTask();
    const resent: number[] = [];
    while (!input.isAllSent) resent.push(input.take(6400).resentMs);
    expect(resent).toEqual([200, 200, 0, 0]);
  });

  it('begins at the same place after a task that was sent nothing', () => {
    const input = sent(1000);
    input.place(final(0, 600), null, 'first');
    input.beginTask();
    input.beginTask();
    expect(sendAll(input).equals(audio(600, 1000))).toBe(true);
  });

  it('never begins inside a sample', () => {
    const input = pcm();
    input.append(audio(0, 100).subarray(0, 3199));
    input.beginTask();
    sendAll(input);
    input.place(final(0, 5000), null, 'first');
    expect(input.start % 2).toBe(0);
  });

  it('may begin at a later position, which releases nothing', () => {
    const input = sent(1000);
    input.beginTask(400 * BYTES_PER_MS);
    expect(sendAll(input).equals(audio(400, 1000))).toBe(true);
    input.beginTask();
    expect(sendAll(input).equals(audio(0, 1000))).toBe(true);
  });
});

describe('a task that has finished', () => {
  it('leaves nothing to send again', () => {
    const input = sent(1000);
    input.place(final(0, 600), null, 'first');
    expect(input.hasOpenAudio).toBe(true);
    input.finishTask();
    expect([input.hasOpenAudio, input.unconfirmedMs, input.rewind()]).toEqual([false, 0, undefined]);
  });

  it('is followed by a task that begins after all of its audio', () => {
    const input = sent(1000);
    input.finishTask();
    input.append(audio(1000, 1200));
    input.beginTask();
    expect(sendAll(input).equals(audio(1000, 1200))).toBe(true);
    expect(input.place(final(50, 150), null, 'second')).toMatchObject({ begin_time: 1050, end_time: 1150 });
  });

  it('returns the words that had no final sentence, and where they are', () => {
    const words = [{ begin_time: 100, end_time: 450, text: 'well', punctuation: '' }];
    const partial = { ...final(100, 0, 'well'), end_time: null, sentence_end: false, words };
    const input = sent(1000);
    input.place(partial, null, 'task');
    expect(input.finishTask()).toEqual({ beginMs: 100, endMs: 450, text: 'well' });
    const other = sent(1000);
    other.place(partial, null, 'task');
    other.place(final(100, 500), null, 'task');
    expect(other.finishTask()).toBeUndefined();
  });
});

describe('inserted silence', () => {
  it('has the rate of the audio and moves no time', () => {
    const input = sent(1000);
    const silence = input.insertSilence(500);
    expect([silence.length, silence.every((byte) => byte === 0)]).toEqual([16_000, true]);
    input.append(audio(1000, 2000));
    sendAll(input);
    expect(input.place(final(1600, 2400), null, 'task')).toMatchObject({ begin_time: 1100, end_time: 1900 });
    expect(input.furthestMs).toBe(2000);
  });
});

describe('the cursors', () => {
  it('keep their order: start ≤ final, sent ≤ furthest ≤ end', () => {
    const input = sent(1000);
    const cursors = () => [input.start, input.final, input.sent, input.furthestMs * BYTES_PER_MS, input.end];
    input.append(audio(1000, 1500));
    expect(cursors()).toEqual([0, 0, 32_000, 32_000, 48_000]);
    input.place(final(0, 500), null, 'task');
    expect(cursors()).toEqual([16_000, 16_000, 32_000, 32_000, 48_000]);
    input.rewind();
    expect(cursors()).toEqual([16_000, 16_000, 16_000, 32_000, 48_000]);
  });

  it('include the end of the audio that partial and final results cover', () => {
    const input = sent(3000);
    const words = [{ begin_time: 500, end_time: 900, text: 'well', punctuation: '' }];
    input.place({ ...final(500, 0), end_time: null, sentence_end: false, words }, null, 'task');
    expect([input.answered, input.final]).toEqual([900 * BYTES_PER_MS, 0]);
    input.place(final(500, 1200), null, 'task');
    expect([input.answered, input.final]).toEqual([1200 * BYTES_PER_MS, 1200 * BYTES_PER_MS]);
  });
});

describe('the limit', () => {
  it('is ten minutes of audio at 16 kHz by default', () => {
    const input = pcm();
    const minute = Buffer.alloc(60_000 * BYTES_PER_MS);
    for (let n = 0; n < 10; n += 1) input.append(minute);
    expect(input.start).toBe(0);
    input.append(minute);
    expect(input.start).toBe(minute.length);
  });

  it('drops the oldest audio, in whole samples', () => {
    const input = pcm({ maxBytes: 3200 });
    input.append(audio(0, 90));
    input.append(audio(90, 130).subarray(0, 1275));
    expect([input.start, input.end]).toEqual([954, 4155]);
  });

  it('drops audio that the current task should have been sent next', () => {
    const input = pcm({ maxBytes: 32_000 });
    input.append(audio(0, 500));
    input.beginTask();
    input.take(3200);
    expect(input.append(audio(500, 1100))).toBeUndefined();
    expect(input.hasLostUnsent).toBe(false);
    expect(input.append(audio(1100, 1101))).toEqual({ beginMs: 100, endMs: 101 });
    expect(input.hasLostUnsent).toBe(true);
    input.beginTask();
    expect(input.hasLostUnsent).toBe(false);
    expect(sendAll(input).equals(audio(101, 1101))).toBe(true);
  });
});

describe('audio that is dropped before it is final', () => {
  it('is returned by append where no task was sent it, each part once', () => {
    const input = pcm({ maxBytes: 32_000 });
    expect(input.append(audio(0, 1000))).toBeUndefined();
    expect(input.append(audio(1000, 1300))).toEqual({ beginMs: 0, endMs: 300 });
    expect(input.append(audio(1300, 1400))).toEqual({ beginMs: 300, endMs: 400 });
    input.beginTask();
    expect(input.rewind()).toBeUndefined();
  });

  it('is returned by rewind where the failed task was sent it', () => {
    const input = sent(800, { maxBytes: 32_000 });
    input.place(final(50, 200), null, 'task');
    expect(input.append(audio(800, 1500))).toBeUndefined();
    expect(input.rewind()).toEqual({ beginMs: 200, endMs: 500 });
    expect(input.rewind()).toBeUndefined();
  });

  it('is returned by both when the task was sent a part of it', () => {
    const input = sent(800, { maxBytes: 32_000 });
    expect(input.append(audio(800, 1900))).toEqual({ beginMs: 800, endMs: 900 });
    expect(input.rewind()).toEqual({ beginMs: 0, endMs: 800 });
  });

  it('is not lost when the task that was sent it finishes', () => {
    const input = sent(800, { maxBytes: 32_000 });
    expect(input.append(audio(800, 1500))).toBeUndefined();
    input.finishTask();
    expect([input.rewind(), input.finalMs]).toEqual([undefined, 800]);
  });

  it('is not returned for a final sentence that ends later than its audio', () => {
    const input = sent(100);
    input.place(final(0, 5000), null, 'task');
    expect(input.rewind()).toBeUndefined();
    expect(input.finalMs).toBe(100);
  });
});

describe('audio that is skipped', () => {
  it('is returned from the last final sentence on, and is not sent to the next task', () => {
    const input = sent(1000);
    input.place(final(0, 300), null, 'task');
    input.rewind();
    expect(input.skipTo(700 * BYTES_PER_MS)).toEqual({ beginMs: 300, endMs: 700 });
    input.beginTask();
    expect(sendAll(input).equals(audio(700, 1000))).toBe(true);
  });

  it('is nothing before the last final sentence', () => {
    const input = sent(1000);
    input.place(final(0, 300), null, 'task');
    input.rewind();
    expect(input.skipTo(200 * BYTES_PER_MS)).toBeUndefined();
    expect(input.start).toBe(300 * BYTES_PER_MS);
  });
});

describe('chunks of odd length', () => {
  const whole = audio(0, 500);

  function oddSent(): InputBuffer {
    const input = pcm();
    input.append(whole.subarray(0, 12_345));
    input.beginTask();
    sendAll(input);
    return input;
  }

  it('leave no half sample to a task after one that has finished', () => {
    const input = oddSent();
    input.finishTask();
    input.append(whole.subarray(12_345));
    input.beginTask();
    expect(sendAll(input).equals(whole.subarray(12_344))).toBe(true);
    expect(input.rewind()).toBeUndefined();
  });

  it('leave no half sample to a task after a gap', () => {
    const input = oddSent();
    const position = input.sent;
    input.rewind();
    input.skipTo(position);
    input.append(whole.subarray(12_345));
    input.beginTask();
    expect(sendAll(input).equals(whole.subarray(12_344))).toBe(true);
  });

  it('leave nothing to send at the end', () => {
    const input = oddSent();
    expect(input.hasOpenAudio).toBe(true);
    input.finishTask();
    expect([input.end - input.start, input.hasOpenAudio]).toEqual([1, false]);
  });
});

describe('a final sentence whose end is not known', () => {
  it('releases no audio after its begin', () => {
    const input = sent(2000);
    input.place({ ...final(300, 0), end_time: null }, null, 'first');
    input.beginTask();
    expect(sendAll(input).equals(audio(300, 2000))).toBe(true);
  });
});

describe('encoded audio', () => {
  const encoded = (maxBytes?: number) => new InputBuffer({ pcmBytesPerMs: undefined, maxBytes });

  it('is sent from its first byte again, as long as that is kept', () => {
    const input = encoded(1000);
    const bytes = Buffer.from(Array.from({ length: 900 }, (_, at) => at % 251));
    input.append(bytes);
    input.beginTask();
    sendAll(input);
    input.place(final(0, 700), null, 'first');
    expect(input.isReplayable).toBe(true);
    input.beginTask();
    expect(sendAll(input).equals(bytes)).toBe(true);
    expect(input.append(bytes)).toBeUndefined();
    expect(input.isReplayable).toBe(false);
  });

  it('of an odd number of bytes is all final when its task has finished', () => {
    const input = encoded();
    input.append(Buffer.alloc(5001));
    input.beginTask();
    sendAll(input);
    input.finishTask();
    expect([input.start, input.hasOpenAudio]).toEqual([5001, false]);
  });

  it('delivers the sentences of an earlier task only once', () => {
    const input = encoded();
    input.append(Buffer.alloc(5000));
    input.beginTask();
    sendAll(input);
    const first = [final(0, 700), final(900, 1500)].map((wire) => input.place(wire, null, 'first'));
    input.beginTask();
    sendAll(input);
    const again = [final(0, 705), final(890, 1500), final(1600, 2200)];
    const second = again.map((wire) => input.place(wire, null, 'second'));
    expect(first.map((sentence) => sentence?.sentence_id)).toEqual([1, 2]);
    expect(second.map((sentence) => sentence?.sentence_id)).toEqual([undefined, undefined, 3]);
    expect(input.rewind()).toBeUndefined();
  });
});

describe('an input after a sentence of an earlier recognition', () => {
  function resumed(): InputBuffer {
    const input = pcm({ after: { sentence_id: 7, end_time: 60_000 }, maxBytes: 3000 * BYTES_PER_MS });
    input.append(audio(0, 2000));
    input.beginTask();
    expect(sendAll(input)).toEqual(audio(0, 2000));
    return input;
  }

  it('continues its numbers and times', () => {
    const input = resumed();
    expect(input.furthestMs).toBe(62_000);
    expect(input.place(final(0, 900), null, 'task')).toMatchObject({
      sentence_id: 8,
      begin_time: 60_000,
      end_time: 60_900,
    });
    input.beginTask();
    expect(sendAll(input)).toEqual(audio(900, 2000));
    expect(input.taskSpan).toEqual({ beginMs: 60_900, endMs: 62_000 });
  });

  it('has its gaps in the time of the whole input', () => {
    const input = resumed();
    input.rewind();
    expect(input.skipTo(60_500 * BYTES_PER_MS)).toEqual({ beginMs: 60_000, endMs: 60_500 });
  });
});
