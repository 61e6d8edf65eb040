import { describe, expect, it } from 'vitest';
import {
  languageCode,
  languageOfTranscript,
  withLanguage,
} from '../../../lib/batch/transcripts/language-suffix.ts';
import type { FinalSentence } from '../../../lib/sentence.ts';

const sentences = (...items: readonly [text: string, language?: string][]): FinalSentence[] =>
  items.map(([text, language], index) => ({
    sentence_id: index + 1,
    begin_time: 0,
    end_time: 1,
    text,
    words: [],
    sentence_end: true,
    request_id: '',
    ...(language !== undefined && { language }),
  }));

describe('languageCode', () => {
  it.each([
    ['zh', 'zh'],
    ['zh_Hant', 'zh-Hant'],
    ['english', 'en'],
    ['Chinese', 'zh'],
    ['cantonese', 'yue'],
    ['hebrew', 'he'],
    ['../etc', undefined],
    ['en/../x', undefined],
    [7, undefined],
  ])('%j → %j', (stated, code) => {
    expect(languageCode(stated)).toBe(code);
  });
});

describe('languageOfTranscript', () => {
  it('is that of the most text', () => {
    expect(languageOfTranscript(sentences(['A long English sentence.'], ['好。']))).toBe('en');
    expect(languageOfTranscript(sentences(['Bonjour tout le monde.', 'fr'], ['Yes.']))).toBe('fr');
  });

  it('decides between Chinese and Japanese by all sentences', () => {
    expect(languageOfTranscript(sentences(['東京'], ['今日は東京に行きました。']))).toBe('ja');
    expect(languageOfTranscript(sentences(['我们今天讲两件事。']))).toBe('zh');
  });

  it('is unknown without letters of a known script', () => {
    expect(languageOfTranscript([])).toBe('und');
    expect(languageOfTranscript(sentences(['Здравствуйте!']))).toBe('und');
  });
});

describe('withLanguage', () => {
  it('adds the language once', () => {
    expect(withLanguage('talk', 'en')).toBe('talk.en');
    expect(withLanguage('talk.EN', 'en')).toBe('talk.EN');
  });
});
