import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { json, type JsonShape } from '../../../lib/subtitles/json.ts';
import { joinTexts } from '../../../lib/core/text/join-text.ts';
import { finalSentence, hostileSentences, partial, written } from '../cues/final-sentence.ts';

const SENTENCES = [
  finalSentence('He said “Yes, 5.”', 640, 2001, [
    [640, 900, 'He'],
    [900, 1200, 'said '],
    [1200, 1500, 'Yes', ','],
    [1500, 2001, 'five', '.'],
  ]),
  partial(finalSentence('对', 2100, 2100)),
  {
    ...finalSentence('对吧。', 2100, 3_600_007, [
      [2100, 2500, '对'],
      [2500, 2900, '吧', '。'],
    ]),
    sentence_id: 2,
    channel_id: 1,
    speaker: 'Ann',
    language: 'zh',
  },
];

const parsed = async (shape: JsonShape, sentences = SENTENCES): Promise<unknown> =>
  JSON.parse(await written(json({ shape }), sentences));

const UNKNOWN = {
  seek: null,
  tokens: [],
  temperature: null,
  avg_logprob: null,
  compression_ratio: null,
  no_speech_prob: null,
};

it('writes the document of whisper, in which words begin with their space', async () => {
  expect(await parsed('whisper')).toEqual({
    text: 'He said “Yes, 5.” 对吧。',
    language: 'zh',
    segments: [
      {
        id: 0,
        start: 0.64,
        end: 2.001,
        text: 'He said “Yes, 5.”',
        ...UNKNOWN,
        words: [
          { word: ' He', start: 0.64, end: 0.9, probability: null },
          { word: ' said', start: 0.9, end: 1.2, probability: null },
          { word: ' Yes,', start: 1.2, end: 1.5, probability: null },
          { word: ' five.', start: 1.5, end: 2.001, probability: null },
        ],
      },
      {
        id: 1,
        start: 2.1,
        end: 3600.007,
        text: '对吧。',
        ...UNKNOWN,
        speaker: 'Ann',
        words: [
          { word: '对', start: 2.1, end: 2.5, probability: null },
          { word: '吧。', start: 2.5, end: 2.9, probability: null },
        ],
      },
    ],
  });
});

it('writes the verbose document of OpenAI, in which all words are in one list', async () => {
  expect(await parsed('openai')).toEqual({
    task: 'transcribe',
    language: 'zh',
    duration: null,
    text: 'He said “Yes, 5.” 对吧。',
    segments: [
      { id: 0, start: 0.64, end: 2.001, text: 'He said “Yes, 5.”', ...UNKNOWN },
      { id: 1, start: 2.1, end: 3600.007, text: '对吧。', ...UNKNOWN, speaker: 'Ann' },
    ],
    words: [
      { word: 'He', start: 0.64, end: 0.9 },
      { word: 'said', start: 0.9, end: 1.2 },
      { word: 'Yes,', start: 1.2, end: 1.5 },
      { word: 'five.', start: 1.5, end: 2.001 },
      { word: '对', start: 2.1, end: 2.5 },
      { word: '吧。', start: 2.5, end: 2.9 },
    ],
  });
});

it('writes the document of Deepgram with utterances and channels', async () => {
  const first = [
    { word: 'He', punctuated_word: 'He', start: 0.64, end: 0.9, confidence: null },
    { word: 'said', punctuated_word: 'said', start: 0.9, end: 1.2, confidence: null },
    { word: 'Yes', punctuated_word: 'Yes,', start: 1.2, end: 1.5, confidence: null },
    { word: 'five', punctuated_word: 'five.', start: 1.5, end: 2.001, confidence: null },
  ];
  const second = [
    { word: '对', punctuated_word: '对', start: 2.1, end: 2.5, confidence: null, speaker: 'Ann' },
    { word: '吧', punctuated_word: '吧。', start: 2.5, end: 2.9, confidence: null, speaker: 'Ann' },
  ];
  const texts = ['He said “Yes, 5.”', '对吧。'];
  expect(await parsed('deepgram')).toEqual({
    metadata: { request_id: 'r-1', duration: null, channels: 2, models: [] },
    results: {
      channels: [
        { alternatives: [{ transcript: texts[0], confidence: null, words: first }] },
        { alternatives: [{ transcript: texts[1], confidence: null, words: second }] },
      ],
      utterances: [
        {
          start: 0.64,
          end: 2.001,
          confidence: null,
          channel: 0,
          transcript: texts[0],
          words: first,
          id: '1',
        },
        {
          start: 2.1,
          end: 3600.007,
          confidence: null,
          channel: 1,
          transcript: texts[1],
          words: second,
          speaker: 'Ann',
          id: '2',
        },
      ],
    },
  });
});

it('writes the document of DashScope with a transcript for each channel', async () => {
  const [one, , two] = SENTENCES;
  expect(await parsed('dashscope')).toEqual({
    file_url: null,
    properties: {
      audio_format: null,
      channels: [0, 1],
      original_sampling_rate: null,
      original_duration_in_milliseconds: null,
    },
    transcripts: [
      {
        channel_id: 0,
        content_duration_in_milliseconds: null,
        text: one?.text,
        sentences: [{ begin_time: 640, end_time: 2001, sentence_id: 1, text: one?.text, words: one?.words }],
      },
      {
        channel_id: 1,
        content_duration_in_milliseconds: null,
        text: two?.text,
        sentences: [
          {
            begin_time: 2100,
            end_time: 3_600_007,
            sentence_id: 2,
            speaker_id: 'Ann',
            language: 'zh',
            text: two?.text,
            words: two?.words,
          },
        ],
      },
    ],
  });
});

it('writes the number of a speaker who has no name', async () => {
  const words = [{ begin_time: 0, end_time: 900, text: 'Yes', punctuation: '.', speaker_id: 0 }];
  const sentence = { ...finalSentence('Yes.', 0, 900), speaker_id: null, words };
  const [utterance, id] = [
    { speaker: 0, words: [{ speaker: 0 }] },
    { speaker_id: 0, words: [{ speaker_id: 0 }] },
  ];
  expect(await parsed('deepgram', [sentence])).toMatchObject({ results: { utterances: [utterance] } });
  expect(await parsed('dashscope', [sentence])).toMatchObject({ transcripts: [{ sentences: [id] }] });
  expect(await parsed('whisper', [sentence])).toMatchObject({ segments: [{ speaker: 0 }] });
});

it('writes an empty document without sentences', async () => {
  expect(await parsed('native', [])).toEqual([]);
  expect(await parsed('whisper', [])).toEqual({ segments: [], text: '', language: null });
  expect(await parsed('openai', [])).toMatchObject({ segments: [], words: [], text: '' });
  expect(await parsed('deepgram', [])).toMatchObject({
    results: { utterances: [], channels: [{ alternatives: [{ transcript: '', words: [] }] }] },
  });
  expect(await parsed('dashscope', [])).toMatchObject({ transcripts: [], properties: { channels: [] } });
});

it('writes each sentence when it arrives', () => {
  const [sentence] = SENTENCES;
  for (const shape of ['native', 'whisper', 'openai', 'deepgram', 'dashscope'] as const) {
    const writer = json({ shape });
    writer.write(sentence);
    expect(String(writer.read())).toContain('He said');
    writer.destroy();
  }
});

it('writes the same bytes for the shape "native" as without a shape', async () => {
  expect(await written(json({ shape: 'native' }), SENTENCES)).toBe(await written(json(), SENTENCES));
});

it('refuses a shape that it does not know', () => {
  expect(() => json({ shape: 'vosk' as 'native' })).toThrow(
    /option shape must be one of native, whisper, openai, deepgram, dashscope, got 'vosk'/,
  );
});

it('writes valid JSON with the same text in every shape for any sentences', async () => {
  await fc.assert(
    fc.asyncProperty(hostileSentences, async (sentences) => {
      // A lone surrogate is escaped in JSON: the text survives.
      const finals = sentences.filter(({ end_time }) => typeof end_time === 'number');
      const text = joinTexts(finals.map((sentence) => sentence.text.trim()).filter((part) => part !== ''));
      expect(await parsed('whisper', sentences)).toMatchObject({ text });
      expect(await parsed('openai', sentences)).toMatchObject({ text });
      const transcript = { alternatives: [{ transcript: text }] };
      expect(await parsed('deepgram', sentences)).toMatchObject({ results: { channels: [transcript] } });
      const transcripts = finals.length === 0 ? [] : [{ text }];
      expect(await parsed('dashscope', sentences)).toMatchObject({ transcripts });
    }),
  );
});
