import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import {
  type ActiveRecording,
  progressBar,
  progressText,
  recordingLabel,
} from '../../../../lib/cli/terminal/progress/progress-bar.ts';

const NOW = 100_000;

const recording = (fields: Partial<ActiveRecording> = {}): ActiveRecording => ({
  input: 'talk.mp3',
  number: 3,
  startedAt: NOW - 60_000,
  doneMs: 0,
  audioMs: 750_000,
  durationMs: 1_800_000,
  ...fields,
});

it('labels a recording with its number and name', () => {
  expect(recordingLabel(recording({ input: 'a\x1b.mp3' }), 12)).toBe('[3/12] a\\x1b.mp3');
});

it('shows position, length, percentage and speed', () => {
  expect(progressText(recording(), NOW)).toBe('12:30 of 30:00 (41 %), 13× real time');
  expect(progressText(recording({ durationMs: undefined }), NOW)).toBe('12:30, 13× real time');
});

it('marks a length that is an estimate', () => {
  expect(progressText(recording({ durationIsEstimate: true }), NOW)).toContain('12:30 of ~30:00 (41 %)');
});

it('leaves work of earlier runs out of the speed', () => {
  expect(progressText(recording({ doneMs: 690_000 }), NOW)).toBe('12:30 of 30:00 (41 %), 1.0× real time');
});

it('shows at most 100 % when the header states too short a length', () => {
  expect(progressText(recording({ durationMs: 1000 }), NOW)).toContain('(100 %)');
});

it('fills the bar in proportion', () => {
  const bar = progressBar(recording(), 12, 120, NOW);
  expect(bar).toContain('[3/12] talk.mp3');
  expect(bar.match(/█/g)?.length).toBe(8);
});

it.each(['talk.mp3', `${'long '.repeat(30)}.mp3`, `${'会議'.repeat(30)}.mp3`])(
  'never exceeds the width of the terminal: %s',
  (input) => {
    for (let width = 1; width <= 160; width += 1) {
      expect(stringWidth(progressBar(recording({ input }), 12, width, NOW))).toBeLessThanOrEqual(width);
    }
  },
);

it('shows the position of a recording on a terminal of 40 columns', () => {
  expect(progressBar(recording({ input: 'interview with guests.mp3' }), 12, 40, NOW)).toBe(
    '[3/12] interview… 12:30 of 30:00 (41 %)',
  );
});
