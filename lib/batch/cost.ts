import type { BackendName } from '../engines/backend.ts';
import { findCloudModel, type Price } from '../protocol/cloud-models.ts';
import type { TranscribeOptions } from '../transcribe-options.ts';
import { serviceFor, modelFor } from './state/settings.ts';

/** The price of recognising some audio. */
export interface Cost {
  readonly amount: number;
  readonly currency: Price['currency'];
}

/**
 * Estimates the price by the dated price list.
 * @returns Undefined when no price is known: the model is not in the list, or the service is not Alibaba Cloud's.
 */
export function estimateCost(
  backendName: BackendName,
  audioMs: number,
  options: TranscribeOptions,
): Cost | undefined {
  if (backendName === 'local') return undefined;
  const { region } = serviceFor(options);
  const price = region && findCloudModel(modelFor(backendName, options))?.regions[region];
  return price && { amount: (audioMs / 1000) * price.perSecond, currency: price.currency };
}
