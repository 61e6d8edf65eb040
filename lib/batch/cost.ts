import type { EngineName } from '../engines/engine.ts';
import { findCloudModel, type Price } from '../protocol/cloud-models.ts';
import type { TranscribeOptions } from '../transcribe.ts';
import { serviceFor, modelFor } from './state/settings.ts';

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
  options: TranscribeOptions,
): Cost | undefined {
  if (engine === 'local') return undefined;
  const { region } = serviceFor(options);
  const price = region && findCloudModel(modelFor(engine, options))?.regions[region];
  return price && { amount: (audioMs / 1000) * price.perSecond, currency: price.currency };
}
