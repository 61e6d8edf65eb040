/** What it took to transcribe a recording. */
export interface Consumption {
  /** Audio that was sent, what was sent again included, in ms. */
  readonly sentMs: number;
  /** Audio that was sent again after a failure, in ms. */
  readonly resentMs: number;
  /** Seconds billed by the service's own count. */
  readonly billedSeconds: number;
}

/** Of a recording of which nothing was sent. */
export const NO_CONSUMPTION: Consumption = { sentMs: 0, resentMs: 0, billedSeconds: 0 };

export function addConsumption(one: Consumption, other: Consumption): Consumption {
  return {
    sentMs: one.sentMs + other.sentMs,
    resentMs: one.resentMs + other.resentMs,
    billedSeconds: one.billedSeconds + other.billedSeconds,
  };
}
