import type { Backend } from '../../engines/backend.ts';
import type { RecognitionMetrics } from '../../recognition/events/metrics.ts';

/** Audio that was sent to transcribe a recording, and what it costs. */
export interface Consumption {
  /** All audio that was sent, including audio that was sent again, in ms. */
  readonly sentMs: number;
  /** Audio that was sent again after a failure, in ms. */
  readonly resentMs: number;
  /** Billed seconds, as the service has counted them. */
  readonly billedSeconds: number;
}

/** Consumption of a recording of which nothing was sent. */
export const NO_CONSUMPTION: Consumption = { sentMs: 0, resentMs: 0, billedSeconds: 0 };

export function addConsumption(one: Consumption, other: Consumption): Consumption {
  return {
    sentMs: one.sentMs + other.sentMs,
    resentMs: one.resentMs + other.resentMs,
    billedSeconds: one.billedSeconds + other.billedSeconds,
  };
}

/** The consumption of one recognition. The local engine bills nothing, although its service counts seconds. */
export function consumptionOf(
  { sentMs, resentMs, billedSeconds }: RecognitionMetrics,
  { name }: Backend,
): Consumption {
  return { sentMs, resentMs, billedSeconds: name === 'cloud' ? billedSeconds : 0 };
}
