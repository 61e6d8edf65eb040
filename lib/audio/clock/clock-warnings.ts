import { FunAsrError } from '../../core/errors.ts';
import type { RecordingClock, ClockGap } from './recording-clock.ts';

/** Sound that starts later than this, in ms, is reported: in most videos it starts a little after the picture. */
const REPORTED_START_MS = 500;

/**
 * The warnings of a recording whose timestamps were followed: one for all silence that was filled in, one for steps
 * that were not followed.
 * @param name The input, for the messages.
 * @param offsetMs Where the recording begins in the input.
 */
export function clockWarnings(
  name: string,
  clock: Pick<RecordingClock, 'startMs' | 'silenceMs' | 'gaps' | 'longest' | 'ignored'>,
  offsetMs: number = 0,
): FunAsrError[] {
  const { startMs, silenceMs, gaps } = clock;
  const longest = clock.longest && later(clock.longest, offsetMs);
  const ignored = clock.ignored.map((step) => later(step, offsetMs));
  const parts: string[] = [];
  if (startMs >= REPORTED_START_MS) parts.push(`its sound starts ${seconds(startMs)} after its beginning`);
  if (longest) {
    const most = gaps === 1 ? '' : `, the longest of ${seconds(longest.durationMs)}`;
    const many = gaps === 1 ? '1 gap' : `${gaps} gaps`;
    parts.push(
      `its sound has ${many} of ${seconds(silenceMs - startMs)} in all${most} at ${seconds(longest.atMs)}`,
    );
  }
  const warnings: FunAsrError[] = [];
  if (parts.length > 0) {
    warnings.push(
      new FunAsrError(
        'W_CLOCK',
        `${name}: ${parts.join('; ')}; filled with silence, so that all times are right`,
        {
          ...(gaps > 0 && {
            hint: 'The sound of the gaps is not in the recording: packets were lost, or it was paused.',
          }),
          ...(longest && {
            span: { beginMs: Math.round(longest.atMs), endMs: Math.round(longest.atMs + longest.durationMs) },
          }),
        },
      ),
    );
  }
  const [first] = ignored;
  if (first) {
    const steps = ignored.length === 1 ? 'a step' : `${ignored.length} steps, the first`;
    warnings.push(
      new FunAsrError(
        'W_CLOCK',
        `${name}: its timestamps have ${steps} of ${seconds(first.durationMs)} at ${seconds(first.atMs)}; it is too long to be filled with silence, and the times after it are too early by that`,
        { hint: 'If the recording really has such a pause, split it there.' },
      ),
    );
  }
  return warnings;
}

function later({ atMs, durationMs }: ClockGap, offsetMs: number): ClockGap {
  return { atMs: atMs + offsetMs, durationMs };
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(durationMs < 1000 ? 2 : 1)} s`;
}
