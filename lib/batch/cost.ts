import { FunAsrError } from '../core/errors.ts';
import { optionName } from '../core/option-names.ts';
import type { BackendName } from '../engines/backend.ts';
import type { Region } from '../protocol/addresses.ts';
import { isBilledPerToken, type Price, pricePerSecond } from '../protocol/cloud-models.ts';
import type { TranscribeOptions } from '../transcribe-options.ts';
import type { Consumption } from './report/consumption.ts';
import type { FolderState } from './state/output-folder.ts';
import { modelFor, serviceFor } from './state/settings.ts';

/** Options of a run that limit what it costs. */
export interface CostOptions {
  /**
   * No recording is begun with which the estimated cost of the run would pass this amount, in the currency of the price.
   * @default unlimited; 0 with `freeQuota`
   */
  readonly maxCost?: number | undefined;
  /**
   * Seconds of audio that the account gets for nothing. What the ledgers of the output folders say was recognised by the
   * cloud is subtracted. @default 0
   */
  readonly freeQuota?: number | undefined;
  /**
   * Price of one second of audio, for models that are not in the price list, or have a price of tokens there.
   * @default by the price list
   */
  readonly price?: number | undefined;
}

/** The price of recognising some audio. */
export interface Cost {
  readonly amount: number;
  readonly currency: Price['currency'];
}

/** What a run costs. All are null when no price is known, and when the local engine recognises. */
export interface RunCost {
  /** Cost of the audio that was to be sent, by its length. */
  readonly estimatedCost: number | null;
  /** Cost of the seconds that the service has counted. */
  readonly cost: number | null;
  readonly currency: Price['currency'] | null;
}

/**
 * The price of a second of audio.
 * @param given Instead of that of the price list. @default by the dated price list
 * @returns Undefined when no price is known: the model is not in the list, it is billed per token, or the service is not
 * Alibaba Cloud's.
 */
export function priceOf(
  backendName: BackendName,
  options: TranscribeOptions,
  given?: number,
): Price | undefined {
  if (backendName !== 'cloud') return undefined;
  const region = regionOf(options);
  const listed = region && pricePerSecond(modelFor(backendName, options), region);
  if (given === undefined) return listed;
  return { perSecond: given, currency: listed?.currency ?? 'USD' };
}

/** Why no price of a second is known, in a few words. */
export function whyNoPrice(options: TranscribeOptions): string {
  const model = modelFor('cloud', options);
  const region = regionOf(options);
  return region && isBilledPerToken(model, region)
    ? `${model} is billed per token, and the number of tokens in a second of audio is not documented`
    : `no price is known for ${model} at this service`;
}

/** A proxy or a gateway may stand before the service: then the region is given beside its address. */
function regionOf(options: TranscribeOptions): Region | undefined {
  return serviceFor(options).region ?? options.region;
}

/** What the recognition of a recording has taken, in ms and in seconds. */
type Taken = Pick<Consumption, 'sentMs' | 'resentMs' | 'billedSeconds'>;

/** Nothing was begun. */
export const NO_COST: RunCost = { estimatedCost: null, cost: null, currency: null };

/** What several processes may spend together. */
export interface SharedBudget {
  /**
   * Reserves some audio.
   * @param limitSeconds How much all of them may send.
   * @param perSecond Price of a second.
   * @returns False when they would pass that.
   */
  reserve(seconds: number, limitSeconds: number, perSecond: number): Promise<boolean>;
}

/** The cost of a run, and its limit. Recordings reserve their estimated cost before they are begun. */
export class RunCosts {
  readonly #price: Price | undefined;
  readonly #maxCost: number;
  readonly #quotaSeconds: number;
  readonly #budget: SharedBudget | undefined;
  /** Audio that is being recognised, by its length, and audio that was, as the service has counted it. */
  #committedSeconds = 0;
  #estimatedSeconds = 0;
  #billedSeconds = 0;
  #isOver = false;

  /**
   * @param usedSeconds How much of the quota earlier runs have used.
   * @param budget Is limited by the same options. @default this run is alone
   */
  constructor(
    price: Price | undefined,
    { maxCost, freeQuota }: CostOptions,
    usedSeconds: number,
    budget?: SharedBudget,
  ) {
    this.#budget = budget;
    this.#price = price;
    this.#maxCost = maxCost ?? (freeQuota === undefined ? Infinity : 0);
    this.#quotaSeconds = Math.max(0, (freeQuota ?? 0) - usedSeconds);
  }

  /** Whether recordings are refused that would cost too much: then their length must be known exactly. */
  get isLimited(): boolean {
    // A quota alone is counted in seconds: it needs no price.
    return this.#maxCost === 0 || (this.#price !== undefined && this.#maxCost < Infinity);
  }

  /** How much more audio may be begun, in ms. */
  get leftMs(): number {
    if (!this.isLimited) return Infinity;
    return Math.max(0, Math.floor((this.#limitSeconds - this.#committedSeconds) * 1000));
  }

  /** How much audio may be sent altogether, in seconds. */
  get #limitSeconds(): number {
    return this.#quotaSeconds + (this.#price ? this.#maxCost / this.#price.perSecond : 0);
  }

  /**
   * Reserves the cost of a recording that is to be begun.
   * @param ms Length of the audio that is to be sent; undefined when it is not known.
   * @returns Replaces the reservation by what the service has counted.
   * @throws {FunAsrError} `E_COST_LIMIT` when the run would pass its limit, and for all recordings after that.
   */
  async reserve(input: string, ms: number | undefined): Promise<(taken: Taken) => void> {
    // The service counts whole seconds.
    const reserved = Math.ceil((ms ?? 0) / 1000);
    if (Math.max(1, reserved * 1000) > this.leftMs) this.#isOver = true;
    if (this.#budget && this.isLimited && !this.#isOver) {
      const perSecond = this.#price?.perSecond ?? 0;
      this.#isOver = !(await this.#budget.reserve(reserved, this.#limitSeconds, perSecond));
    }
    if (this.#isOver) throw costLimit(input);
    this.#committedSeconds += reserved;
    this.#estimatedSeconds += (ms ?? 0) / 1000;
    return ({ sentMs, resentMs, billedSeconds }) => {
      if (ms === undefined) this.#estimatedSeconds += (sentMs - resentMs) / 1000;
      this.#committedSeconds += billedSeconds - reserved;
      this.#billedSeconds += billedSeconds;
    };
  }

  /** The price of some audio, of which nothing is free; undefined when no price is known. */
  priceOf(ms: number): Cost | undefined {
    if (!this.#price) return undefined;
    return { amount: (ms / 1000) * this.#price.perSecond, currency: this.#price.currency };
  }

  get total(): RunCost {
    if (!this.#price) return NO_COST;
    const { perSecond, currency } = this.#price;
    // How much of the quota is left for one recording of several processes is not known.
    const free = this.#budget ? 0 : this.#quotaSeconds;
    const costOf = (seconds: number): number => Math.max(0, seconds - free) * perSecond;
    return { estimatedCost: costOf(this.#estimatedSeconds), cost: costOf(this.#billedSeconds), currency };
  }
}

/**
 * How much of the free quota is used: the audio that the cloud has recognised for some output folders, in seconds. They are
 * only read when there is a quota.
 */
export async function usedQuota(
  folders: Iterable<Pick<FolderState, 'ledger'>>,
  { freeQuota }: CostOptions,
): Promise<number> {
  let seconds = 0;
  if (freeQuota === undefined) return seconds;
  for (const { ledger } of folders) seconds += await ledger.cloudSeconds();
  return seconds;
}

/** The error for a recording that is not begun because the run would cost too much. */
export function costLimit(input: string): FunAsrError {
  return new FunAsrError('E_COST_LIMIT', `${input}: not begun: the run would cost more than its limit`, {
    hint: `Raise the limit with ${optionName('maxCost')} or ${optionName('freeQuota')}, and run the same command again: what is done stays done.`,
  });
}

/**
 * Makes the costs of a run.
 * @throws {FunAsrError} `E_OPTION` when there is a limit and no price is known.
 */
export function runCosts(
  backendName: BackendName,
  transcription: TranscribeOptions,
  options: CostOptions,
  usedSeconds: number,
  budget?: SharedBudget,
): RunCosts {
  if (backendName !== 'cloud') return new RunCosts(undefined, {}, 0);
  const price = priceOf(backendName, transcription, options.price);
  if (options.maxCost !== undefined && !price) {
    throw new FunAsrError('E_OPTION', `${whyNoPrice(transcription)}, so that the cost cannot be limited`, {
      hint: `Give the price of one second with ${optionName('price')}.`,
    });
  }
  return new RunCosts(price, options, usedSeconds, budget);
}
