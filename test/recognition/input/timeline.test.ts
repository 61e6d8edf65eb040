import { describe, expect, it } from 'vitest';
import type { WireSentence } from '../../../lib/protocol/messages/service-events.ts';
import { InputBuffer } from '../../../lib/recognition/input/input-buffer.ts';

function final(
  begin_time: number | null,
  end_time: number | null,
  fields: Partial<WireSentence> = {},
): WireSentence {
  return { begin_time, end_time, text: 'yes', words: [], sentence_end: true, ...fields };
}

/** An input of which a task was sent some seconds of 16 kHz audio. */
function sent(seconds: number): InputBuffer {
  const input = new InputBuffer({ pcmBytesPerMs: 32 });
  input.beginTask();
  send(input, seconds);
  return input;
}

function send(input: InputBuffer, seconds: number): void {
  input.append(Buffer.alloc(seconds * 32_000));
  while (!input.isAllSent) input.take(32_000);
}

/** Sends everything that is not final to another task. */
function restart(input: InputBuffer): void {
  input.rewind();
  input.beginTask();
  while (!input.isAllSent) input.take(32_000);
}

describe('results in the time of the input', () => {
  it('count the audio by its samples', () => {
    const input = sent(3);
    expect([input.furthestMs, input.finalMs, input.unconfirmedMs]).toEqual([3000, 0, 3000]);
    input.place(final(100, 1200), null, 'task');
    expect([input.finalMs, input.unconfirmedMs]).toEqual([1200, 1800]);
  });

  it('of a new task are placed in the whole input, with the next numbers', () => {
    const input = sent(3);
    input.place(final(100, 1000, { sentence_id: 1 }), null, 'first');
    restart(input);
    const words = [{ begin_time: 50, end_time: 400, text: 'yes', punctuation: '.' }];
    const sentence = input.place(final(50, 400, { sentence_id: 1, words }), { duration: 1 }, 'second');
    expect(sentence).toMatchObject({
      sentence_id: 2,
      begin_time: 1050,
      end_time: 1400,
      request_id: 'second',
      usage: { duration: 1 },
      words: [{ begin_time: 1050, end_time: 1400 }],
    });
  });

  it('have the same number while partial and when final', () => {
    const input = sent(3);
    const partial = input.place(final(0, null, { sentence_end: false }), null, 'task');
    const whole = input.place(final(0, 900), null, 'task');
    const next = input.place(final(1000, null, { sentence_end: false }), null, 'task');
    expect([partial, whole, next].map((sentence) => sentence?.sentence_id)).toEqual([1, 1, 2]);
  });

  it.each([
    ['the same times', final(100, 1000)],
    ['an end that differs by a few ms', final(100, 1015)],
    ['a number that is final already', final(2000, 2500, { sentence_id: 1 })],
  ])('are dropped as a repeat with %s', (_, repeat) => {
    const input = sent(3);
    input.place(final(100, 1000, { sentence_id: 1 }), null, 'task');
    expect(input.place(repeat, null, 'task')).toBeUndefined();
  });

  it('with the same word said again are kept', () => {
    const input = sent(3);
    const placed = [final(0, 300), final(400, 700), final(700, 1000)].map((wire) =>
      input.place(wire, null, 'task'),
    );
    expect(placed.map((sentence) => sentence?.begin_time)).toEqual([0, 400, 700]);
  });

  it('are dropped when they are late and partial', () => {
    const input = sent(3);
    input.place(final(0, 900, { sentence_id: 1 }), null, 'task');
    const late = final(0, null, { sentence_id: 1, sentence_end: false });
    expect(input.place(late, null, 'task')).toBeUndefined();
  });

  it('without times are placed after the last final sentence', () => {
    const input = sent(3);
    input.place(final(0, 900), null, 'task');
    expect(input.place(final(null, null), null, 'task')).toMatchObject({
      begin_time: 900,
      end_time: 3000,
    });
  });

  it('of a new task are dropped when they end a little later, or only end where the final sentence ended', () => {
    // Encoded audio is sent again from its first byte.
    const input = new InputBuffer({ pcmBytesPerMs: undefined });
    input.append(Buffer.alloc(1500));
    restart(input);
    input.place(final(0, 1000), null, 'first');
    restart(input);
    expect(input.place(final(0, 1030), null, 'second')).toBeUndefined();
    expect(input.place(final(600, 1010), null, 'second')).toBeUndefined();
    expect(input.place(final(1030, 1400), null, 'second')).toMatchObject({ sentence_id: 2 });
  });

  it('without an end end with their last word when they are final, and make that final', () => {
    const input = sent(3);
    const words = [
      { begin_time: 100, end_time: 400, text: 'oh', punctuation: ',' },
      { begin_time: 450, end_time: 900, text: 'yes', punctuation: '.' },
    ];
    const sentence = input.place(final(100, null, { words }), null, 'task');
    expect([sentence?.end_time, input.finalMs]).toEqual([900, 900]);
    // A partial result has no end, even with words.
    const partial = input.place(final(950, null, { words, sentence_end: false }), null, 'task');
    expect(partial?.end_time).toBeNull();
  });

  it('are not dropped after a final sentence whose end is not known', () => {
    const input = sent(3);
    const wires = [final(0, null), final(400, null), final(700, 1000), final(1100, 1900)];
    const placed = wires.map((wire) => input.place(wire, null, 'task'));
    expect(placed.map((sentence) => [sentence?.sentence_id, sentence?.begin_time])).toEqual([
      [1, 0],
      [2, 400],
      [3, 700],
      [4, 1100],
    ]);
  });

  it('never end before they begin', () => {
    expect(sent(3).place(final(900, 100), null, 'task')).toMatchObject({
      begin_time: 900,
      end_time: 900,
    });
  });

  it('never make audio final that the service was not sent', () => {
    const input = sent(1);
    input.place(final(0, 99_000), null, 'task');
    expect([input.finalMs, input.unconfirmedMs]).toEqual([1000, 0]);
  });

  it('take inserted silence as one moment of the input', () => {
    const input = sent(2);
    input.insertSilence(600);
    input.insertSilence(400);
    send(input, 2);
    input.insertSilence(500);
    send(input, 1);
    const times = [
      [1000, 1900],
      [2100, 2900],
      [3100, 4900],
      [5200, 6500],
    ] as const;
    const placed = times.map(([begin, end]) => input.place(final(begin, end), null, 'task'));
    expect(placed.map((sentence) => [sentence?.begin_time, sentence?.end_time])).toEqual([
      [1000, 1900],
      [2000, 2000],
      [2100, 3900],
      [4000, 5000],
    ]);
    expect([input.furthestMs, input.finalMs]).toEqual([5000, 5000]);
  });

  it('of a new task are counted from its start, without earlier inserted silence', () => {
    const input = sent(2);
    input.insertSilence(1000);
    input.place(final(0, 1500), null, 'first');
    restart(input);
    expect(input.place(final(100, 400), null, 'second')).toMatchObject({
      begin_time: 1600,
      end_time: 1900,
    });
  });

  it('with a new number of the service are kept within a task, even with overlapping times', () => {
    const input = sent(3);
    const wires = [final(0, 2000, { sentence_id: 1 }), final(500, 1500, { sentence_id: 2 })];
    const placed = wires.map((wire) => input.place(wire, null, 'task'));
    expect(placed.map((sentence) => sentence?.sentence_id)).toEqual([1, 2]);
  });

  it('without text take no number when they are final, but make their audio final', () => {
    const input = sent(3);
    const wires = [
      final(0, 900, { sentence_id: 1 }),
      final(1000, 1500, { sentence_id: 2, text: '' }),
      final(1600, 2000, { sentence_id: 3 }),
    ];
    const placed = wires.map((wire) => input.place(wire, null, 'task'));
    expect(placed.map((sentence) => sentence?.sentence_id)).toEqual([1, undefined, 2]);
    expect(input.finalMs).toBe(2000);
  });

  it('without a begin begin at their first word', () => {
    const input = sent(3);
    const words = [{ begin_time: 2000, end_time: 2600, text: 'late', punctuation: '' }];
    input.place(final(0, 900), null, 'task');
    const partial = final(null, null, { words, sentence_end: false });
    expect(input.place(partial, null, 'task')).toMatchObject({ begin_time: 2000, end_time: null });
    expect(input.place(final(null, 2700, { words }), null, 'task')).toMatchObject({
      begin_time: 2000,
      end_time: 2700,
    });
  });

  it('that mark speech as not recognised are returned without text and without a number', () => {
    const input = sent(3);
    const marked = final(500, 900, { text: '', unrecognized: true });
    expect(input.place(marked, null, 'task')).toMatchObject({ text: '', begin_time: 500, end_time: 900 });
    expect(input.place(final(1000, 1500), null, 'task')).toMatchObject({ sentence_id: 1 });
    restart(input);
    expect(input.place(final(0, 0, { text: '', unrecognized: true }), null, 'task')).toBeUndefined();
  });
});
