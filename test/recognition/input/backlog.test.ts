import { describe, expect, it } from 'vitest';
import { Backlog } from '../../../lib/recognition/input/backlog.ts';
import type { WireSentence } from '../../../lib/protocol/messages/service-events.ts';

const BYTES_PER_MS = 32;

/** Audio in which each sample says where it is, in ms. */
function audio(fromMs: number, toMs: number): Buffer {
  const samples = Int16Array.from({ length: (toMs - fromMs) * 16 }, (_, at) => fromMs + Math.floor(at / 16));
  return Buffer.from(samples.buffer);
}

function final(begin_time: number, end_time: number, text = 'yes'): WireSentence {
  return { begin_time, end_time, text, words: [], sentence_end: true };
}

/** Audio that does not pause. */
const LOUD = Buffer.from(new Int16Array(16_000).fill(3000).buffer);

function pcm(options: { maxBytes?: number } = {}): Backlog {
  return new Backlog({ pcmBytesPerMs: BYTES_PER_MS, ...options });
}

/** Gives the present task all that there is. */
function handAll(backlog: Backlog): Buffer {
  const pieces: Buffer[] = [];
  while (!backlog.isHanded) pieces.push(backlog.next(16_384).audio);
  return Buffer.concat(pieces);
}

/** A backlog of which a task was given so many ms. */
function handed(ms: number): Backlog {
  const backlog = pcm();
  backlog.append(audio(0, ms));
  backlog.beginTask();
  handAll(backlog);
  return backlog;
}

describe('the first task', () => {
  it('is given all audio, in pieces that are not larger than asked for', () => {
    const backlog = pcm();
    backlog.append(audio(0, 1500));
    backlog.beginTask();
    const sizes: number[] = [];
    const pieces: Buffer[] = [];
    while (!backlog.isHanded) {
      const piece = backlog.next(10_000);
      expect(piece).toMatchObject({ ms: piece.audio.length / BYTES_PER_MS, resentMs: 0 });
      sizes.push(piece.audio.length);
      pieces.push(piece.audio);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(10_000);
    expect(Buffer.concat(pieces).equals(audio(0, 1500))).toBe(true);
    expect([backlog.unconfirmedMs, backlog.furthestMs]).toEqual([1500, 1500]);
    expect(backlog.taskSpan).toEqual({ beginMs: 0, endMs: 1500 });
  });
});

describe('the next task', () => {
  it('begins where the last final sentence ended, with the first sample that is not final', () => {
    const backlog = handed(2000);
    backlog.place(final(100, 777), null, 'first');
    expect([backlog.unconfirmedMs, backlog.againMs]).toEqual([1223, 1223]);
    backlog.append(audio(2000, 2500));
    backlog.beginTask();
    expect(handAll(backlog).equals(audio(777, 2500))).toBe(true);
    expect(backlog.taskSpan).toEqual({ beginMs: 777, endMs: 2500 });
  });

  it('has its sentences placed in the whole input, and numbered on', () => {
    const backlog = handed(2000);
    backlog.place(final(100, 777), null, 'first');
    backlog.beginTask();
    handAll(backlog);
    expect(backlog.place(final(23, 400), null, 'second')).toMatchObject({
      sentence_id: 2,
      begin_time: 800,
      end_time: 1177,
    });
  });

  it('counts as sent again what a task before was given, too, and nothing else', () => {
    const backlog = handed(1000);
    backlog.place(final(0, 600), null, 'first');
    backlog.append(audio(1000, 1300));
    backlog.beginTask();
    const again: number[] = [];
    while (!backlog.isHanded) again.push(backlog.next(6400).resentMs);
    expect(again).toEqual([200, 200, 0, 0]);
  });

  it('that fails before it was given anything lets the one after begin at the same place', () => {
    const backlog = handed(1000);
    backlog.place(final(0, 600), null, 'first');
    backlog.beginTask();
    backlog.beginTask();
    expect(handAll(backlog).equals(audio(600, 1000))).toBe(true);
  });

  it('never begins with half a sample', () => {
    const backlog = pcm();
    backlog.append(audio(0, 100).subarray(0, 3199));
    backlog.beginTask();
    handAll(backlog);
    backlog.place(final(0, 5000), null, 'first');
    expect(backlog.start % 2).toBe(0);
  });
});

describe('a task that has finished', () => {
  it('leaves nothing of what it was given to be heard again', () => {
    const backlog = handed(1000);
    backlog.place(final(0, 600), null, 'first');
    expect(backlog.isOpen).toBe(true);
    backlog.finishTask();
    expect([backlog.isOpen, backlog.unconfirmedMs, backlog.takeLoss()]).toEqual([false, 0, undefined]);
  });

  it('is followed by one that begins behind all of it', () => {
    const backlog = handed(1000);
    backlog.finishTask();
    backlog.append(audio(1000, 1200));
    backlog.beginTask();
    expect(handAll(backlog).equals(audio(1000, 1200))).toBe(true);
    expect(backlog.place(final(50, 150), null, 'second')).toMatchObject({ begin_time: 1050, end_time: 1150 });
  });
});

describe('silence that is not in the input', () => {
  it('is given in the rate of the audio and moves no time', () => {
    const backlog = handed(1000);
    const silence = backlog.silence(500);
    expect([silence.length, silence.every((byte) => byte === 0)]).toEqual([16_000, true]);
    backlog.append(audio(1000, 2000));
    handAll(backlog);
    expect(backlog.place(final(1600, 2400), null, 'task')).toMatchObject({
      begin_time: 1100,
      end_time: 1900,
    });
    expect(backlog.furthestMs).toBe(2000);
  });
});

describe('the limit', () => {
  it('is ten minutes of audio at 16 kHz unless another is given', () => {
    const backlog = pcm();
    const minute = Buffer.alloc(60_000 * BYTES_PER_MS);
    for (let n = 0; n < 10; n += 1) backlog.append(minute);
    expect(backlog.start).toBe(0);
    backlog.append(minute);
    expect(backlog.start).toBe(minute.length);
  });

  it('lets the oldest go, in whole samples', () => {
    const backlog = pcm({ maxBytes: 3200 });
    backlog.append(audio(0, 90));
    backlog.append(audio(90, 130).subarray(0, 1275));
    expect([backlog.start, backlog.end]).toEqual([954, 4155]);
  });

  it('makes a task due in a pause from nine tenths of it on', () => {
    const backlog = pcm({ maxBytes: 32_000 });
    backlog.beginTask();
    backlog.append(Buffer.alloc(899 * BYTES_PER_MS));
    handAll(backlog);
    expect(backlog.isDue).toBe(false);
    backlog.append(Buffer.alloc(BYTES_PER_MS));
    handAll(backlog);
    expect(backlog.isDue).toBe(true);
    backlog.place(final(0, 300), null, 'task');
    expect(backlog.isDue).toBe(false);
  });

  it('makes a task due without a pause a little later', () => {
    const backlog = pcm({ maxBytes: 32_000 });
    backlog.beginTask();
    backlog.append(LOUD.subarray(0, 949 * BYTES_PER_MS));
    handAll(backlog);
    expect(backlog.isDue).toBe(false);
    backlog.append(LOUD.subarray(0, BYTES_PER_MS));
    handAll(backlog);
    expect(backlog.isDue).toBe(true);
  });

  it('of a service that ends silent tasks makes a task due after 50 s without a result', () => {
    const backlog = new Backlog({ pcmBytesPerMs: BYTES_PER_MS, limitsSilence: true });
    backlog.beginTask();
    backlog.append(Buffer.alloc(49_500 * BYTES_PER_MS));
    handAll(backlog);
    expect(backlog.isDue).toBe(true);
    backlog.place({ ...final(10_000, 11_000), end_time: null, sentence_end: false }, null, 'task');
    expect(backlog.isDue).toBe(false);
  });

  it('tears the audio apart for a task that was not given what goes', () => {
    const backlog = pcm({ maxBytes: 32_000 });
    backlog.append(audio(0, 500));
    backlog.beginTask();
    backlog.next(3200);
    backlog.append(audio(500, 1100));
    expect(backlog.isTorn).toBe(false);
    backlog.append(audio(1100, 1101));
    expect(backlog.isTorn).toBe(true);
    backlog.beginTask();
    expect(backlog.isTorn).toBe(false);
    expect(handAll(backlog).equals(audio(101, 1101))).toBe(true);
  });
});

describe('chunks of odd length', () => {
  const whole = audio(0, 500);
  const odd = whole.subarray(0, 12_345);

  function oddlyHanded(): Backlog {
    const backlog = pcm();
    backlog.append(odd);
    backlog.beginTask();
    handAll(backlog);
    return backlog;
  }

  it('leave no half sample to a task that follows one that has finished', () => {
    const backlog = oddlyHanded();
    backlog.finishTask();
    backlog.append(whole.subarray(12_345));
    backlog.beginTask();
    expect(handAll(backlog).equals(whole.subarray(12_344))).toBe(true);
    expect(backlog.takeLoss()).toBeUndefined();
  });

  it('leave none to a task behind audio that is given up', () => {
    const backlog = oddlyHanded();
    backlog.giveUp(backlog.handed);
    backlog.append(whole.subarray(12_345));
    backlog.beginTask();
    expect(handAll(backlog).equals(whole.subarray(12_344))).toBe(true);
  });

  it('leave nothing to be done at the end', () => {
    const backlog = oddlyHanded();
    expect(backlog.isOpen).toBe(true);
    backlog.finishTask();
    expect([backlog.end - backlog.start, backlog.isOpen]).toEqual([1, false]);
  });
});

describe('a final sentence of which no end is known', () => {
  it('lets no audio go: the next task hears it again', () => {
    const backlog = handed(2000);
    backlog.place({ ...final(300, 0), end_time: null }, null, 'first');
    backlog.beginTask();
    expect(handAll(backlog).equals(audio(300, 2000))).toBe(true);
  });
});

describe('what was let go before it was final', () => {
  it('is told once, from the last final sentence on', () => {
    const backlog = pcm({ maxBytes: 32_000 });
    backlog.append(audio(0, 800));
    backlog.beginTask();
    handAll(backlog);
    backlog.place(final(50, 200), null, 'task');
    backlog.append(audio(800, 1500));
    expect(backlog.takeLoss()).toEqual({ beginMs: 200, endMs: 500 });
    expect(backlog.takeLoss()).toBeUndefined();
  });

  it('may be given up by decision', () => {
    const backlog = handed(1000);
    backlog.place(final(0, 300), null, 'task');
    backlog.giveUp(700 * BYTES_PER_MS);
    expect(backlog.takeLoss()).toEqual({ beginMs: 300, endMs: 700 });
    backlog.beginTask();
    expect(handAll(backlog).equals(audio(700, 1000))).toBe(true);
    expect(backlog.place(final(100, 200), null, 'next')).toMatchObject({ sentence_id: 2, begin_time: 800 });
  });

  it('is nothing when all was final', () => {
    const backlog = handed(1000);
    backlog.place(final(0, 1000), null, 'task');
    expect(backlog.takeLoss()).toBeUndefined();
  });
});

describe('silence that was too long for a task', () => {
  const noise = (ms: number) => Buffer.from(new Int16Array(ms * 16).fill(1000).buffer);

  /** A backlog with a final sentence up to 500 ms, and then quiet up to the noise behind it. */
  function quietFor(ms: number): Backlog {
    const backlog = pcm();
    backlog.append(noise(500));
    backlog.append(Buffer.alloc(ms * BYTES_PER_MS));
    backlog.append(noise(500));
    backlog.beginTask();
    handAll(backlog);
    backlog.place(final(0, 500), null, 'task');
    return backlog;
  }

  it('is not heard again, but for the second before something is to be heard, and is no loss', () => {
    const backlog = quietFor(20_000);
    expect(backlog.skipSilence()).toBe(true);
    expect([backlog.start / BYTES_PER_MS, backlog.againMs, backlog.takeLoss()]).toEqual([
      19_500,
      1500,
      undefined,
    ]);
  });

  it('is no longer than what the service must have heard for that', () => {
    const backlog = quietFor(120_000);
    backlog.skipSilence();
    expect(backlog.start / BYTES_PER_MS).toBe(49_500);
  });

  it('is none where something is to be heard, and none that no task was given', () => {
    expect(quietFor(900).skipSilence()).toBe(false);
    const backlog = pcm();
    backlog.append(Buffer.alloc(640_000));
    backlog.beginTask();
    backlog.next(3200);
    expect([backlog.skipSilence(), backlog.start]).toEqual([false, 0]);
  });
});

describe('encoded audio', () => {
  it('is given from its beginning again, as long as all of it is there', () => {
    const backlog = new Backlog({ pcmBytesPerMs: undefined, maxBytes: 1000 });
    const bytes = Buffer.from(Array.from({ length: 900 }, (_, at) => at % 251));
    backlog.append(bytes);
    backlog.beginTask();
    handAll(backlog);
    backlog.place(final(0, 700), null, 'first');
    expect([backlog.isReplayable, backlog.isDue]).toEqual([true, false]);
    backlog.beginTask();
    expect(handAll(backlog).equals(bytes)).toBe(true);
    backlog.append(bytes);
    expect(backlog.isReplayable).toBe(false);
  });

  it('of an odd number of bytes is all final when its task has finished', () => {
    const backlog = new Backlog({ pcmBytesPerMs: undefined });
    backlog.append(Buffer.alloc(5001));
    backlog.beginTask();
    handAll(backlog);
    backlog.finishTask();
    expect([backlog.start, backlog.isOpen]).toEqual([5001, false]);
  });

  it('gives the sentences of a task before only once', () => {
    const backlog = new Backlog({ pcmBytesPerMs: undefined });
    backlog.append(Buffer.alloc(5000));
    backlog.beginTask();
    handAll(backlog);
    const first = [final(0, 700), final(900, 1500)].map((wire) => backlog.place(wire, null, 'first'));
    backlog.beginTask();
    handAll(backlog);
    const again = [final(0, 705), final(890, 1500), final(1600, 2200)].map((wire) =>
      backlog.place(wire, null, 'second'),
    );
    expect(first.map((sentence) => sentence?.sentence_id)).toEqual([1, 2]);
    expect(again.map((sentence) => sentence?.sentence_id)).toEqual([undefined, undefined, 3]);
    expect(backlog.takeLoss()).toBeUndefined();
  });
});

describe('an input behind a sentence of an earlier recognition', () => {
  function behind(): Backlog {
    const backlog = new Backlog({
      pcmBytesPerMs: BYTES_PER_MS,
      after: { sentence_id: 7, end_time: 60_000 },
      maxBytes: 3000 * BYTES_PER_MS,
    });
    backlog.append(audio(0, 2000));
    backlog.beginTask();
    expect(handAll(backlog)).toEqual(audio(0, 2000));
    return backlog;
  }

  it('has its numbers and times behind those', () => {
    const backlog = behind();
    expect(backlog.furthestMs).toBe(62_000);
    expect(backlog.place(final(0, 900), null, 'task')).toMatchObject({
      sentence_id: 8,
      begin_time: 60_000,
      end_time: 60_900,
    });
    backlog.beginTask();
    expect(handAll(backlog)).toEqual(audio(900, 2000));
    expect(backlog.taskSpan).toEqual({ beginMs: 60_900, endMs: 62_000 });
  });

  it('has its losses where they are in the whole', () => {
    const backlog = behind();
    backlog.giveUp((60_000 + 500) * BYTES_PER_MS);
    expect(backlog.takeLoss()).toEqual({ beginMs: 60_000, endMs: 60_500 });
  });
});
