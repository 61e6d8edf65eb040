import type { EngineName } from '../engine.ts';
import { DEFAULT_MODEL, findModel, type Price } from '../recognition/models.ts';
import type { TranscribeOptions } from '../transcribe.ts';

/** What recognising some audio costs. */
export interface Cost {
  readonly amount: number;
  readonly currency: Price['currency'];
}

/**
 * Estimates what the service will charge, by the dated list of prices.
 * @returns Undefined when no price is known: for a model that is not in the list, or a service of one's own.
 */
export function estimateCost(
  engine: EngineName,
  audioMs: number,
  { model = DEFAULT_MODEL, region = 'intl', baseUrl }: TranscribeOptions,
): Cost | undefined {
  if (engine === 'local' || baseUrl !== undefined) return undefined;
  const price = findModel(model)?.regions[region];
  return price && { amount: (audioMs / 1000) * price.perSecond, currency: price.currency };
}
