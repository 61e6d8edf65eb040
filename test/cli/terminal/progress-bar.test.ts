import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { type ActiveRecording, bar, label, state } from '../../../lib/cli/terminal/progress-bar.ts';

const recording = (fields: Partial<ActiveRecording> = {}): ActiveRecording => ({
  input: 'talk.mp3',
  number: 3,
  startedAt: performance.now() - 60_000,
  fromMs: 0,
  audioMs: 750_000,
  durationMs: 1_800_000,
  ...fields,
});

it('its label has its number and name', () => {
  expect(label(recording({ input: 'a\x1b.mp3' }), 12)).toBe('[3/12] a\\x1b.mp3');
});

it('its state tells how much is done and how fast', () => {
  expect(state(recording())).toMatch(/^12:30 of 30:00 \(41 %\), 1[23](\.\d)?× real time$/);
  expect(state(recording({ durationMs: undefined }))).toMatch(/^12:30, 1/);
});

it('its speed is that of this run, without what was done before', () => {
  expect(state(recording({ fromMs: 690_000 }))).toMatch(/^12:30 of 30:00 \(41 %\), (1\.0|0\.9)× real time$/);
});

it('its bar fills, and its name gives way to a narrow terminal', () => {
  const wide = bar(recording(), 12, 120);
  expect(wide).toContain('[3/12] talk.mp3');
  expect(wide.match(/█/g)?.length).toBe(8);
  const narrow = bar(recording({ input: `${'long '.repeat(30)}.mp3` }), 12, 80);
  expect(stringWidth(narrow)).toBeLessThan(80);
  expect(narrow).toContain('…');
});

it('a header that promised too little never makes it more than done', () => {
  expect(state(recording({ durationMs: 1000 }))).toContain('(100 %)');
});
