import type { Region } from './addresses.ts';

/** Price of one second of audio sent. */
export interface Price {
  readonly perSecond: number;
  readonly currency: 'USD' | 'CNY';
}

/**
 * Price of a million tokens. How many tokens a second of audio has is not documented: no cost of a recording follows from
 * it.
 */
export interface TokenPrice {
  readonly perMillionInputTokens: number;
  readonly perMillionOutputTokens: number;
  readonly currency: Price['currency'];
}

/** A group of models that take the same parameters. */
export type ModelFamily = 'fun-asr' | 'paraformer-v2' | 'paraformer-v1' | 'qwen-audio';

/** One model of the cloud service. */
export interface CloudModel {
  readonly name: string;
  readonly family: ModelFamily;
  /** For a stable name: the snapshot that it currently refers to. */
  readonly snapshot?: string;
  /** Sample rate in Hz that the audio must have; `any` for models that take every rate; `unverified`: 16000 is sent. */
  readonly sampleRate: 8000 | 16000 | 'any' | 'unverified';
  /** Codes that `languageHints` may contain. Empty: there are many, and every code is accepted. */
  readonly languages: readonly string[];
  /** Regions that offer it, each with its price. */
  readonly regions: { readonly [Name in Region]?: Price | TokenPrice | 'unknown price' };
}

/**
 * Date of the pages that {@link CLOUD_MODELS} was taken from; those of Qwen-Audio are of September 2026. Prices change: the
 * console has the current ones.
 */
export const CLOUD_MODELS_AS_OF = '2026-03-24';

const usd = (perSecond: number): Price => ({ perSecond, currency: 'USD' });
const cny = (perSecond: number): Price => ({ perSecond, currency: 'CNY' });
const usdTokens = (perMillionInputTokens: number, perMillionOutputTokens: number): TokenPrice => ({
  perMillionInputTokens,
  perMillionOutputTokens,
  currency: 'USD',
});

/**
 * The real-time models of the cloud service. Source: the official Python SDK pages of Fun-ASR (24 March 2026: names,
 * languages, USD prices) and of Paraformer (CNY prices of the Chinese site; not offered in Singapore); the official pages of
 * the Qwen-Audio models (September 2026: names, USD prices of tokens).
 */
export const CLOUD_MODELS: readonly CloudModel[] = [
  {
    name: 'fun-asr-realtime',
    family: 'fun-asr',
    snapshot: 'fun-asr-realtime-2025-11-07',
    sampleRate: 16000,
    languages: ['zh', 'en', 'ja'],
    regions: { intl: usd(0.00009), cn: usd(0.000047) },
  },
  {
    name: 'fun-asr-realtime-2025-11-07',
    family: 'fun-asr',
    sampleRate: 16000,
    languages: ['zh', 'en', 'ja'],
    regions: { intl: usd(0.00009), cn: usd(0.000047) },
  },
  {
    name: 'fun-asr-realtime-2026-02-28',
    family: 'fun-asr',
    sampleRate: 16000,
    languages: ['zh', 'en', 'ja'],
    regions: { cn: usd(0.000047) },
  },
  {
    name: 'fun-asr-realtime-2025-09-15',
    family: 'fun-asr',
    sampleRate: 16000,
    languages: ['zh', 'en'],
    regions: { cn: usd(0.000047) },
  },
  {
    name: 'fun-asr-flash-8k-realtime',
    family: 'fun-asr',
    snapshot: 'fun-asr-flash-8k-realtime-2026-01-28',
    sampleRate: 8000,
    languages: ['zh'],
    regions: { cn: usd(0.000032) },
  },
  {
    name: 'fun-asr-flash-8k-realtime-2026-01-28',
    family: 'fun-asr',
    sampleRate: 8000,
    languages: ['zh'],
    regions: { cn: usd(0.000032) },
  },
  {
    name: 'paraformer-realtime-v2',
    family: 'paraformer-v2',
    sampleRate: 'any',
    languages: ['zh', 'en', 'ja', 'yue', 'ko', 'de', 'fr', 'ru'],
    regions: { cn: cny(0.00024) },
  },
  {
    name: 'paraformer-realtime-8k-v2',
    family: 'paraformer-v2',
    sampleRate: 8000,
    languages: ['zh'],
    regions: { cn: cny(0.00024) },
  },
  {
    name: 'paraformer-realtime-v1',
    family: 'paraformer-v1',
    sampleRate: 16000,
    languages: ['zh'],
    regions: { cn: cny(0.00024) },
  },
  {
    name: 'paraformer-realtime-8k-v1',
    family: 'paraformer-v1',
    sampleRate: 8000,
    languages: ['zh'],
    regions: { cn: cny(0.00024) },
  },
  {
    name: 'qwen-audio-3.1-asr-flash-streaming',
    family: 'qwen-audio',
    sampleRate: 'unverified',
    languages: [],
    regions: { intl: usdTokens(0.93, 0.7), cn: usdTokens(0.848, 0.636) },
  },
  {
    name: 'qwen-audio-3.0-asr-flash-streaming',
    family: 'qwen-audio',
    sampleRate: 'unverified',
    languages: [],
    regions: { intl: usdTokens(0.93, 0.7), cn: 'unknown price' },
  },
  {
    name: 'qwen-audio-3.1-asr-flash-message',
    family: 'qwen-audio',
    sampleRate: 'unverified',
    languages: [],
    regions: { cn: 'unknown price' },
  },
];

/** Model that is used when none is named. */
export const DEFAULT_CLOUD_MODEL = 'fun-asr-realtime';

/** Finds a model by name. An unknown name is not an error: the service may have newer models than this list. */
export function findCloudModel(name: string): CloudModel | undefined {
  return CLOUD_MODELS.find((model) => model.name === name);
}

/** The price of a second of audio; undefined when none is known, as for models that are billed per token. */
export function pricePerSecond(name: string, region: Region): Price | undefined {
  const price = findCloudModel(name)?.regions[region];
  return typeof price === 'object' && 'perSecond' in price ? price : undefined;
}

/** Whether a model is billed per token in a region. */
export function isBilledPerToken(name: string, region: Region): boolean {
  const price = findCloudModel(name)?.regions[region];
  return typeof price === 'object' && 'perMillionInputTokens' in price;
}

/** The sample rate in Hz to send to a model: 16000 where the model supports any rate, and for unknown names. */
export function cloudModelSampleRate(name: string): number {
  const rate = findCloudModel(name)?.sampleRate;
  return rate === 8000 ? rate : 16_000;
}
