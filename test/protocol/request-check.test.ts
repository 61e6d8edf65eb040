import { describe, expect, it } from 'vitest';
import { serviceUrl } from '../../lib/protocol/addresses.ts';
import { checkRequest, type RecognitionRequest } from '../../lib/protocol/request-check.ts';

const INTL = { region: 'intl' as const };

function check(request: Partial<RecognitionRequest>, region: 'intl' | 'cn' | undefined = 'cn'): string[] {
  return checkRequest({ model: 'fun-asr-realtime', sampleRate: 16_000, ...request }, { region }).map(
    ({ message }) => message,
  );
}

describe('a valid request', () => {
  it('emits no warning', () => {
    expect(
      check({ languageHints: ['en'], maxSentenceSilence: 500, multiThresholdMode: true }, 'intl'),
    ).toEqual([]);
    expect(
      check({ model: 'paraformer-realtime-v2', sampleRate: 48_000, languageHints: ['zh', 'ko'] }),
    ).toEqual([]);
    expect(check({ model: 'fun-asr-flash-8k-realtime', sampleRate: 8000 })).toEqual([]);
    expect(check({ model: 'paraformer-realtime-v1', phraseId: 'phrases-1' })).toEqual([]);
    expect(check({ model: 'something-new', speechNoiseThreshold: 0.1 })).toEqual([]);
  });
});

describe('a request to a model of Qwen-Audio', () => {
  const model = 'qwen-audio-3.1-asr-flash-streaming';

  it('is valid with context and hot words, in both regions, and with any sample rate', () => {
    const request = { model, context: 'Moonshine', vocabulary: { Moonshine: 50 }, sampleRate: 48_000 };
    expect([check(request, 'cn'), check(request, 'intl')]).toEqual([[], []]);
  });

  it('gives a warning at the shared host, which the official samples do not use for it', () => {
    const warnings = (url: string) =>
      checkRequest({ model, sampleRate: 16_000 }, { region: 'cn', url }).map(({ message }) => message);
    expect(warnings(serviceUrl('cn'))).toEqual([expect.stringMatching(/the host of a workspace/)]);
    expect(warnings(serviceUrl('cn', 'ws-1'))).toEqual([]);
    expect(warnings('ws://127.0.0.1:1/')).toEqual([]);
  });
});

describe('a request that cannot work', () => {
  it.each<[string, Partial<RecognitionRequest>, string]>([
    ['a model in a region that does not offer it', { model: 'fun-asr-realtime-2026-02-28' }, 'E_OPTION'],
    [
      'an 8 kHz model with 16 kHz audio',
      { model: 'fun-asr-flash-8k-realtime', sampleRate: 16_000 },
      'E_OPTION',
    ],
    ['a language that the model does not support', { languageHints: ['ko'] }, 'E_LANGUAGE'],
    ['Fun-ASR without punctuation', { punctuationPrediction: false }, 'E_OPTION'],
    ['a model of another protocol', { model: 'qwen3-asr-flash-realtime' }, 'E_OPTION'],
    ['a model for translation', { model: 'gummy-realtime-v1' }, 'E_OPTION'],
    ['a model for files by URL', { model: 'fun-asr' }, 'E_OPTION'],
  ])('is refused: %s', (_, request, code) => {
    const whole = { model: 'fun-asr-realtime', sampleRate: 16_000, ...request };
    expect(() => checkRequest(whole, INTL)).toThrow(
      expect.objectContaining({ code, hint: expect.any(String) as string }),
    );
  });

  it('is not refused by its region when the service is not one of a region', () => {
    expect(check({ model: 'fun-asr-realtime-2026-02-28' }, undefined)).toEqual([]);
  });
});

describe('an option without effect', () => {
  it.each<[Partial<RecognitionRequest>, RegExp]>([
    [{ languageHints: ['zh', 'en'] }, /only the first/],
    [
      { semanticPunctuation: true, maxSentenceSilence: 500 },
      /maxSentenceSilence has no effect with semanticPunctuation/,
    ],
    [{ semanticPunctuation: true, multiThresholdMode: true }, /multiThresholdMode has no effect/],
    [{ disfluencyRemoval: true }, /disfluencyRemoval has no effect on model fun-asr-realtime/],
    [{ phraseId: 'phrases-1' }, /phraseId has no effect on model fun-asr-realtime/],
    [{ inverseTextNormalization: false }, /always writes numbers/],
    [{ sampleRate: 48_000 }, /takes audio of 16000 Hz, not 48000 Hz/],
    [{ model: 'paraformer-realtime-v2', speechNoiseThreshold: 0 }, /speechNoiseThreshold has no effect/],
    [{ model: 'paraformer-realtime-v1', heartbeat: true }, /heartbeat has no effect/],
    [{ model: 'fun-asr-realtme' }, /is unknown/],
    [{ model: 'fun-asr-realtime-2026-02-28', context: 'x' }, /context has no effect on model fun-asr-rea/],
    [{ model: 'paraformer-realtime-v2', context: 'x' }, /context has no effect/],
    [{ vocabulary: { x: 4 } }, /vocabulary has no effect on model fun-asr-realtime/],
    [{ model: 'qwen-audio-3.1-asr-flash-message', vocabulary: { x: 4 } }, /is not verified that option voc/],
    [{ model: 'qwen-audio-3.1-asr-flash-streaming', heartbeat: true }, /is not verified that option heart/],
  ])('gives a warning: %o', (request, message) => {
    expect(check(request)).toEqual([expect.stringMatching(message)]);
  });
});
