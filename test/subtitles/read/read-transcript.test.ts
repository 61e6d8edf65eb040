import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FinalSentence } from '../../../lib/sentence.ts';
import { json } from '../../../lib/subtitles/json.ts';
import { jsonl } from '../../../lib/subtitles/jsonl.ts';
import { readTranscript } from '../../../lib/subtitles/read/read-transcript.ts';
import { finalSentence, partial, spokenSentences, written } from '../cues/final-sentence.ts';

/** What a round trip keeps: spaces at the ends of words are in the text. */
function essence(sentences: readonly FinalSentence[]): unknown[] {
  return sentences.map(({ text, begin_time, end_time, words, speaker, speaker_id, channel_id }) => ({
    text,
    begin_time,
    end_time,
    speaker,
    speaker_id,
    channel_id,
    words: words.map((word) => [
      word.begin_time,
      word.end_time,
      (word.text + word.punctuation).trim(),
      word.speaker_id,
    ]),
  }));
}

const SENTENCES = [
  finalSentence('He said “Yes, 5.”', 640, 2001, [
    [640, 900, 'He'],
    [900, 1200, 'said '],
    [1200, 1500, 'Yes', ','],
    [1500, 2001, 'five', '.'],
  ]),
  {
    ...finalSentence('对吧。', 2100, 3_600_007, [
      [2100, 2500, '对'],
      [2500, 2900, '吧', '。'],
    ]),
    sentence_id: 2,
    channel_id: 1,
    speaker: 'Ann',
  },
  {
    ...finalSentence('Me? You.', 3_600_008, 3_600_060),
    sentence_id: 3,
    channel_id: 0,
    speaker_id: 4,
    words: [
      { begin_time: 3_600_008, end_time: 3_600_020, text: 'Me', punctuation: '?', speaker_id: 4 },
      { begin_time: 3_600_020, end_time: 3_600_060, text: 'You', punctuation: '.', speaker_id: 4 },
    ],
  },
  { ...finalSentence('No words.', 3_600_100, 3_700_000), sentence_id: 4, channel_id: 0, speaker: '3' },
];

it('reads our own files with all fields', async () => {
  const sentences = SENTENCES.map((sentence) => ({ ...sentence, usage: { duration: 3 } }));
  const partials = [partial(finalSentence('He', 640, 640)), ...sentences];
  for (const writer of [jsonl(), json()])
    expect(readTranscript(await written(writer, partials), 'a.json')).toEqual(sentences);
  const lines = [...partials, '']
    .map((sentence) => (sentence ? JSON.stringify(sentence) : ''))
    .join('\r\n\r\n');
  expect(readTranscript(`\ufeff${lines}`, 'a.jsonl')).toEqual(sentences);
  expect(readTranscript('', 'a.jsonl')).toEqual([]);
});

it.each(['deepgram', 'dashscope'] as const)('reads back what %s documents keep', async (shape) => {
  const [first, ...rest] = essence(SENTENCES);
  expect(essence(readTranscript(await written(json({ shape }), SENTENCES), 'a.json'))).toEqual([
    { ...Object(first), channel_id: 0 },
    ...rest,
  ]);
});

it.each(['whisper', 'openai'] as const)('reads back what %s documents keep', async (shape) => {
  const sentences = SENTENCES.map(({ channel_id: _channel, ...sentence }) => sentence);
  expect(essence(readTranscript(await written(json({ shape }), SENTENCES), 'a.json'))).toEqual(
    essence(sentences as FinalSentence[]),
  );
});

it('reads the same text and word times back from every shape', async () => {
  await fc.assert(
    fc.asyncProperty(spokenSentences, async (sentences) => {
      for (const shape of ['native', 'whisper', 'openai', 'deepgram', 'dashscope'] as const) {
        const read = readTranscript(await written(json({ shape }), sentences), 'a.json');
        expect({ shape, read: essence(read) }).toEqual({ shape, read: essence(sentences) });
      }
    }),
  );
});

it('reads what whisper writes: spaces before words, and words without times', () => {
  const document = {
    text: ' Hello there. Bye.',
    segments: [
      {
        id: 0,
        start: 0.0,
        end: 1.2400000000000002,
        text: ' Hello there.',
        words: [
          { word: ' Hello', start: 0.1, end: 0.5, probability: 0.9 },
          { word: ' there.', probability: 0.9 },
        ],
      },
      { id: 1, start: 2, end: 3, text: ' Bye.' },
      { id: 2, start: 3, end: 3, text: '' },
    ],
    language: 'en',
  };
  expect(readTranscript(JSON.stringify(document, undefined, 2), 'talk.json')).toEqual([
    {
      sentence_id: 1,
      begin_time: 0,
      end_time: 1240,
      text: 'Hello there.',
      words: [
        { begin_time: 100, end_time: 500, text: 'Hello', punctuation: '' },
        { begin_time: 500, end_time: 500, text: 'there', punctuation: '.' },
      ],
      sentence_end: true,
      request_id: '',
      language: 'en',
    },
    {
      sentence_id: 2,
      begin_time: 2000,
      end_time: 3000,
      text: 'Bye.',
      words: [],
      sentence_end: true,
      request_id: '',
      language: 'en',
    },
  ]);
});

it('reads what whisper.cpp writes', () => {
  const document = {
    result: { language: 'en' },
    transcription: [
      {
        timestamps: { from: '00:00:00,000', to: '00:00:01,240' },
        offsets: { from: 0, to: 1240 },
        text: ' Hello there.',
      },
    ],
  };
  expect(readTranscript(JSON.stringify(document), 'talk.json')).toMatchObject([
    { text: 'Hello there.', begin_time: 0, end_time: 1240, words: [], language: 'en' },
  ]);
});

it('reads words of OpenAI, which have no punctuation, into their segments', () => {
  const document = {
    task: 'transcribe',
    language: 'english',
    duration: 4.2,
    text: 'I have 24. So do I.',
    words: [
      { word: 'I', start: 0, end: 0.2 },
      { word: 'have', start: 0.2, end: 0.5 },
      { word: 'twenty', start: 0.5, end: 0.7 },
      { word: 'four', start: 0.7, end: 1 },
      { word: 'So', start: 1, end: 1.2 },
      { word: 'do', start: 1.2, end: 1.4 },
      { word: 'I', start: 1.4, end: 4 },
    ],
    segments: [
      { id: 0, start: 0, end: 1, text: ' I have 24.' },
      { id: 1, start: 1, end: 2, text: ' So do I.' },
    ],
  };
  const read = readTranscript(JSON.stringify(document), 'talk.json');
  expect(read.map(({ words }) => words.map(({ text }) => text))).toEqual([
    ['I', 'have', 'twenty', 'four'],
    ['So', 'do', 'I'],
  ]);
});

it('makes sentences of words where a document has no segments', () => {
  const document = {
    text: 'One two. Three',
    words: [
      { word: 'One', start: 0, end: 0.5 },
      { word: 'two.', start: 0.5, end: 1 },
      { word: 'Three', start: 1, end: 2 },
      { word: 'four', start: 4, end: 5 },
    ],
  };
  expect(essence(readTranscript(JSON.stringify(document), 'talk.json'))).toMatchObject([
    { text: 'One two.', begin_time: 0, end_time: 1000 },
    { text: 'Three', begin_time: 1000, end_time: 2000 },
    { text: 'four', begin_time: 4000, end_time: 5000 },
  ]);
});

const openaiWords = (text: string, words: string): string =>
  JSON.stringify({
    text,
    words: words.split(' ').map((word, index) => ({ word, start: index, end: index + 0.5 })),
  });

it.each([
  ['It works, he said. “Yes!” Then a well-known one.', 'It works he said Yes Then a well known one'],
  ['I have 25 %, or less. Good.', 'I have twenty five percent or less Good'],
  ['今天天气很好。我们去公园吧！', '今天 天气 很 好 我们 去 公园 吧'],
  ['5 apples fell.', 'five apples fell'],
  ['The cat, a cat. (He) said…', 'the cat a cat he said'],
])('keeps the punctuation of a text of OpenAI whose words have none: %s', (text, words) => {
  const sentences = readTranscript(openaiWords(text, words), 'o.json');
  expect(sentences.map((sentence) => sentence.text)).toEqual(text.split(/(?<=[.…]) |(?<=[”])\s|(?<=。)/u));
  expect(sentences[0]?.begin_time).toBe(0);
  expect(sentences.at(-1)?.end_time).toBe((words.split(' ').length - 1) * 1000 + 500);
});

it('reads the numbers of Python that JSON does not have as missing values', () => {
  const text =
    '{"text":"a","segments":[{"start":0,"end":1,"text":"NaN \\"-Infinity","avg_logprob":NaN,"x":-Infinity,"words":[{"word":"NaN","start":NaN,"end":1}]}]}';
  expect(readTranscript(text, 'w.json')).toMatchObject([
    { text: 'NaN "-Infinity', begin_time: 0, end_time: 1000, words: [{ begin_time: 0, end_time: 1000 }] },
  ]);
});

it('puts the sentences of our own files in the order of time', () => {
  const lines = [
    finalSentence('B.', 5000, 6000),
    finalSentence('A.', 1000, 2000),
    finalSentence('C.', 5000, 6000),
  ];
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  expect(readTranscript(text, 'a.jsonl').map((sentence) => sentence.text)).toEqual(['A.', 'B.', 'C.']);
  expect(readTranscript(JSON.stringify(lines), 'a.json').map((sentence) => sentence.text)).toEqual([
    'A.',
    'B.',
    'C.',
  ]);
});

const DEEPGRAM_WORDS = [
  { word: 'yes', punctuated_word: 'Yes,', start: 0, end: 0.5, confidence: 0.9, speaker: 0 },
  { word: 'please', punctuated_word: 'please.', start: 0.5, end: 1, confidence: 0.9, speaker: 0 },
  { word: 'no', punctuated_word: 'No', start: 1, end: 1.5, confidence: 0.9, speaker: 1 },
];

const deepgram = (alternative: object, channels = 1): string =>
  JSON.stringify({
    metadata: { request_id: 'd-1', duration: 2, channels },
    results: { channels: Array.from({ length: channels }, () => ({ alternatives: [alternative] })) },
  });

it('makes sentences of the words of Deepgram where there are no utterances', () => {
  const read = readTranscript(deepgram({ transcript: 'Yes, please. No', words: DEEPGRAM_WORDS }), 'd.json');
  expect(read).toMatchObject([
    {
      text: 'Yes, please.',
      speaker_id: 0,
      request_id: 'd-1',
      words: [
        { text: 'Yes', punctuation: ',' },
        { text: 'please', punctuation: '.' },
      ],
    },
    { text: 'No', speaker_id: 1, begin_time: 1000, end_time: 1500 },
  ]);
  expect(read[0]).not.toHaveProperty('channel_id');
});

it('reads the sentences of the paragraphs of Deepgram', () => {
  const paragraphs = {
    transcript: '\nYes, please. No',
    paragraphs: [
      { sentences: [{ text: 'Yes, please.', start: 0, end: 1 }], speaker: 0, num_words: 2, start: 0, end: 1 },
      { sentences: [{ text: 'No', start: 1, end: 1.5 }], speaker: 1, num_words: 1, start: 1, end: 1.5 },
    ],
  };
  const alternative = { transcript: 'Yes, please. No', words: DEEPGRAM_WORDS, paragraphs };
  expect(essence(readTranscript(deepgram(alternative, 2), 'd.json'))).toMatchObject([
    { text: 'Yes, please.', speaker_id: 0, channel_id: 0, words: [{}, {}] },
    { text: 'Yes, please.', speaker_id: 0, channel_id: 1, words: [{}, {}] },
    { text: 'No', speaker_id: 1, channel_id: 0, words: [[1000, 1500, 'No', 1]] },
    { text: 'No', speaker_id: 1, channel_id: 1, words: [[1000, 1500, 'No', 1]] },
  ]);
});

it.each([
  [
    'Whisper',
    { segments: [{ start: -0.02, end: 1.5, text: ' Hi', words: [{ word: ' Hi', start: -0.02, end: 1 }] }] },
  ],
  ['whisper.cpp', { transcription: [{ offsets: { from: -20, to: 1500 }, text: ' Hi' }] }],
])('reads a time of %s that is before the recording as its begin', (_, document) => {
  const [sentence] = readTranscript(JSON.stringify(document), 'w.json');
  expect(sentence).toMatchObject({ begin_time: 0, end_time: 1500, text: 'Hi' });
  expect(sentence?.words[0]?.begin_time ?? 0).toBe(0);
});

const GOOD_LINE = JSON.stringify(SENTENCES[0]);

it.each([
  ['', 'a.json', 'a.json: it is empty'],
  ['1\n00:00:00,000 --> 00:00:01,000\nHi\n', 'a.srt', 'a.srt: it is not JSON: '],
  ['{"text": "Hi"}', 'a.json', 'a.json: it is not a transcript that can be read'],
  ['null', 'a.json', 'a.json: it is not a transcript that can be read'],
  ['[{"text": "Hi"}]', 'a.json', 'a.json: sentence 0: a sentence must be an object with a final end_time'],
  [`${GOOD_LINE}\n\n{"text":`, 'a.jsonl', 'a.jsonl:3: '],
  [`${GOOD_LINE}\n"Hi"`, 'a.json', 'a.json:2: a sentence must be an object with a text'],
  ['{"segments":[{"text":"Hi","start":0}]}', 'a.json', 'a.json: segment 0 needs a text, and start and end'],
  ['{"transcripts":[{"text":"Hi"}]}', 'a.json', 'a.json: transcript 0 has no sentences'],
  [deepgram({ transcript: 'Hi', words: [] }), 'a.json', 'a.json: the transcript has no utterances'],
  ['{"text":"Hi","words":[{"text":"Hi","start":0,"end":300}]}', 'a.json', 'a.json: its text has no segments'],
  ['{"text":"Hi","segments":[]}', 'a.json', 'a.json: its text has no segments'],
  ['{"results":{"utterances":[{"transcript":"Hi"}]}}', 'a.json', 'a.json: utterance 0: it needs a text'],
])('refuses what is not a transcript: %s', (text, name, message) => {
  expect(codeAndMessage(() => readTranscript(text, name))).toMatchObject({
    code: 'E_BAD_TRANSCRIPT',
    message: expect.stringContaining(message),
  });
});

/** The code and message of the error that a function throws; nothing when it throws none. */
function codeAndMessage(read: () => unknown): { readonly code?: string; readonly message?: string } {
  try {
    read();
    return {};
  } catch (error) {
    return error as { code?: string; message?: string };
  }
}

it('refuses any other JSON, and never fails otherwise', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc
          .record(
            {
              segments: fc.jsonValue(),
              words: fc.jsonValue(),
              text: fc.jsonValue(),
              results: fc.oneof(
                fc.jsonValue(),
                fc.record({ channels: fc.jsonValue(), utterances: fc.jsonValue() }),
              ),
              transcripts: fc.jsonValue(),
            },
            { requiredKeys: [] },
          )
          .map((value) => JSON.stringify(value)),
      ),
      (text) => {
        const { message, code } = codeAndMessage(() => readTranscript(text, 'a.json'));
        expect(code).toBe(message === undefined ? undefined : 'E_BAD_TRANSCRIPT');
      },
    ),
    { numRuns: 1000 },
  );
});
