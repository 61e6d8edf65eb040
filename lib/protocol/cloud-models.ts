/** Where a model is offered: `intl` is Singapore, `cn` is Beijing. */
export type Region = 'intl' | 'cn';

/** What one second of audio sent costs. */
export interface Price {
  readonly perSecond: number;
  readonly currency: 'USD' | 'CNY';
}

/** Models that take the same parameters. */
export type ModelFamily = 'fun-asr' | 'paraformer-v2' | 'paraformer-v1';

/** One model that speaks this protocol. */
export interface Model {
  readonly name: string;
  readonly family: ModelFamily;
  /** For a stable name: the snapshot that it stands for. */
  readonly snapshot?: string;
  /** Sample rate in Hz that the audio must have; `any` for models that take every rate. */
  readonly sampleRate: 8000 | 16000 | 'any';
  /** Codes that `languageHints` may name. */
  readonly languages: readonly string[];
  /** Regions that offer it, each with its price. */
  readonly regions: { readonly [Name in Region]?: Price };
}

/** Day of the pages that {@link MODELS} was taken from. Prices change: the console is right, this list may be old. */
export const MODELS_AS_OF = '2026-03-24';

const usd = (perSecond: number): Price => ({ perSecond, currency: 'USD' });
const cny = (perSecond: number): Price => ({ perSecond, currency: 'CNY' });

/**
 * The real-time models. Source: the official Python SDK pages of Fun-ASR (24 March 2026: names, languages, USD
 * prices) and of Paraformer (CNY prices of the Chinese site; not offered in Singapore).
 */
export const MODELS: readonly Model[] = [
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
];

/** Model taken when none is named. */
export const DEFAULT_MODEL = 'fun-asr-realtime';

/** Looks a model up by name. Unknown names are not wrong: the service may know models that are newer than this list. */
export function findModel(name: string): Model | undefined {
  return MODELS.find((model) => model.name === name);
}

/** The sample rate in Hz to send to a model; 16000 where it takes any, and for names that are not known. */
export function sampleRateOf(name: string): number {
  const rate = findModel(name)?.sampleRate;
  return rate === 8000 ? rate : 16_000;
}
