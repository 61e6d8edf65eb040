import pMap from 'p-map';
import type { BatchOptions } from './batch-options.ts';
import { CHECKS_AT_A_TIME } from './find-pending.ts';
import { findRecordings } from './plan/find-recordings.ts';
import { type PlannedRecording, planTranscripts } from './plan/output-plan.ts';

/** Of what is found, a run holds only the plans. */
export async function plansOf({
  inputs,
  outputDir,
  languageSuffix,
  accepts,
  onEvent,
}: BatchOptions): Promise<PlannedRecording[]> {
  const { recordings, warnings } = await findRecordings(inputs);
  for (const detail of warnings) onEvent?.({ type: 'warning', detail });
  // Names depend on all recordings, also on those that are left out.
  const plans = await planTranscripts(recordings, outputDir, languageSuffix);
  if (!accepts) return plans;
  const accepted = await pMap(plans, ({ input }) => accepts(input), { concurrency: CHECKS_AT_A_TIME });
  return plans.filter((_, index) => accepted[index]);
}
