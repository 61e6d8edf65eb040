import { describe, expect, it } from 'vitest';
import type { WireSentence } from '../../../lib/protocol/messages/service-events.ts';
import { Timeline } from '../../../lib/recognition/input/timeline.ts';

function final(
  begin_time: number | null,
  end_time: number | null,
  fields: Partial<WireSentence> = {},
): WireSentence {
  return { begin_time, end_time, text: 'yes', words: [], sentence_end: true, ...fields };
}

/** A timeline that has handed over so many seconds of 16 kHz audio. */
function timelineOf(seconds: number): Timeline {
  const timeline = new Timeline(32);
  timeline.beginTask(0);
  timeline.hand(seconds * 32_000);
  return timeline;
}

describe('a timeline', () => {
  it('counts the audio by its samples', () => {
    const timeline = timelineOf(3);
    expect([timeline.handedMs, timeline.finalMs, timeline.unconfirmedMs]).toEqual([3000, 0, 3000]);
    timeline.place(final(100, 1200), null, 'task');
    expect([timeline.finalMs, timeline.unconfirmedMs]).toEqual([1200, 1800]);
  });

  it('places what a new task says where it was in the whole input, and counts on', () => {
    const timeline = timelineOf(3);
    timeline.place(final(100, 1000, { sentence_id: 1 }), null, 'first');
    timeline.beginTask(timeline.final);
    const words = [{ begin_time: 50, end_time: 400, text: 'yes', punctuation: '.' }];
    const sentence = timeline.place(final(50, 400, { sentence_id: 1, words }), { duration: 1 }, 'second');
    expect(sentence).toMatchObject({
      sentence_id: 2,
      begin_time: 1050,
      end_time: 1400,
      request_id: 'second',
      usage: { duration: 1 },
      words: [{ begin_time: 1050, end_time: 1400 }],
    });
  });

  it('gives a partial the number of the final that it will become', () => {
    const timeline = timelineOf(3);
    const partial = timeline.place(final(0, null, { sentence_end: false }), null, 'task');
    const whole = timeline.place(final(0, 900), null, 'task');
    const next = timeline.place(final(1000, null, { sentence_end: false }), null, 'task');
    expect([partial, whole, next].map((sentence) => sentence?.sentence_id)).toEqual([1, 1, 2]);
  });

  it.each([
    ['the same times', final(100, 1000)],
    ['an end that differs by a few ms', final(100, 1015)],
    ['a number that is final already', final(2000, 2500, { sentence_id: 1 })],
  ])('drops a repeat with %s', (_, repeat) => {
    const timeline = timelineOf(3);
    timeline.place(final(100, 1000, { sentence_id: 1 }), null, 'task');
    expect(timeline.place(repeat, null, 'task')).toBeUndefined();
  });

  it('keeps the same word said again', () => {
    const timeline = timelineOf(3);
    const placed = [final(0, 300), final(400, 700), final(700, 1000)].map((wire) =>
      timeline.place(wire, null, 'task'),
    );
    expect(placed.map((sentence) => sentence?.begin_time)).toEqual([0, 400, 700]);
  });

  it('drops a late partial of a sentence that is final', () => {
    const timeline = timelineOf(3);
    timeline.place(final(0, 900, { sentence_id: 1 }), null, 'task');
    const late = final(0, null, { sentence_id: 1, sentence_end: false });
    expect(timeline.place(late, null, 'task')).toBeUndefined();
  });

  it('gives a final without times the place after the one before', () => {
    const timeline = timelineOf(3);
    timeline.place(final(0, 900), null, 'task');
    expect(timeline.place(final(null, null), null, 'task')).toMatchObject({
      begin_time: 900,
      end_time: 3000,
    });
  });

  it('drops a repeat in a new task that ends a little later, and one that only ends where the other did', () => {
    const timeline = timelineOf(3);
    timeline.place(final(0, 1000), null, 'first');
    timeline.beginTask(0);
    timeline.hand(96_000);
    expect(timeline.place(final(0, 1030), null, 'second')).toBeUndefined();
    expect(timeline.place(final(600, 1010), null, 'second')).toBeUndefined();
    expect(timeline.place(final(1030, 1400), null, 'second')).toMatchObject({ sentence_id: 2 });
  });

  it('ends a final sentence whose end is not said with its last word, and counts that as final', () => {
    const timeline = timelineOf(3);
    const words = [
      { begin_time: 100, end_time: 400, text: 'oh', punctuation: ',' },
      { begin_time: 450, end_time: 900, text: 'yes', punctuation: '.' },
    ];
    const sentence = timeline.place(final(100, null, { words }), null, 'task');
    expect([sentence?.end_time, timeline.finalMs]).toEqual([900, 900]);
    // The next task hears nothing of it again, and partials have no end by a word.
    const partial = timeline.place(final(950, null, { words, sentence_end: false }), null, 'task');
    expect(partial?.end_time).toBeNull();
  });

  it('takes nothing that comes later for a repeat of a final sentence of which no end is known', () => {
    const timeline = timelineOf(3);
    const wires = [final(0, null), final(400, null), final(700, 1000), final(1100, 1900)];
    const placed = wires.map((wire) => timeline.place(wire, null, 'task'));
    expect(placed.map((sentence) => [sentence?.sentence_id, sentence?.begin_time])).toEqual([
      [1, 0],
      [2, 400],
      [3, 700],
      [4, 1100],
    ]);
  });

  it('never ends a sentence before it begins', () => {
    expect(timelineOf(3).place(final(900, 100), null, 'task')).toMatchObject({
      begin_time: 900,
      end_time: 900,
    });
  });

  it('does not let a service confirm audio that it never got', () => {
    const timeline = timelineOf(1);
    timeline.place(final(0, 99_000), null, 'task');
    expect([timeline.finalMs, timeline.unconfirmedMs]).toEqual([1000, 0]);
  });

  it('takes silence that was inserted for one moment of the input', () => {
    const timeline = timelineOf(2);
    timeline.insert(600);
    timeline.insert(400);
    timeline.hand(64_000);
    timeline.insert(500);
    timeline.hand(32_000);
    const times = [
      [1000, 1900],
      [2100, 2900],
      [3100, 4900],
      [5200, 6500],
    ] as const;
    const placed = times.map(([begin, end]) => timeline.place(final(begin, end), null, 'task'));
    expect(placed.map((sentence) => [sentence?.begin_time, sentence?.end_time])).toEqual([
      [1000, 1900],
      [2000, 2000],
      [2100, 3900],
      [4000, 5000],
    ]);
    expect([timeline.handedMs, timeline.finalMs]).toEqual([5000, 5000]);
  });

  it('counts from its own start in a new task, without what was inserted before', () => {
    const timeline = timelineOf(2);
    timeline.insert(1000);
    timeline.place(final(0, 1500), null, 'first');
    timeline.beginTask(timeline.final);
    expect(timeline.place(final(100, 400), null, 'second')).toMatchObject({
      begin_time: 1600,
      end_time: 1900,
    });
  });

  it('lets the number of the service decide within a task, whatever the times are', () => {
    const timeline = timelineOf(3);
    const wires = [final(0, 2000, { sentence_id: 1 }), final(500, 1500, { sentence_id: 2 })];
    const placed = wires.map((wire) => timeline.place(wire, null, 'task'));
    expect(placed.map((sentence) => sentence?.sentence_id)).toEqual([1, 2]);
  });

  it('gives no number to a final without words, yet counts its audio as final', () => {
    const timeline = timelineOf(3);
    const wires = [
      final(0, 900, { sentence_id: 1 }),
      final(1000, 1500, { sentence_id: 2, text: '' }),
      final(1600, 2000, { sentence_id: 3 }),
    ];
    const placed = wires.map((wire) => timeline.place(wire, null, 'task'));
    expect(placed.map((sentence) => sentence?.sentence_id)).toEqual([1, undefined, 2]);
    expect(timeline.finalMs).toBe(2000);
  });
});
