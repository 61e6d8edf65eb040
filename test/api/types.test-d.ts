/**
 * What compiles and what does not. The compiler checks this file (`npm run typecheck`), nothing runs it: a line below
 * `@ts-expect-error` that compiles is an error.
 */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { type Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  capture,
  convert,
  decode,
  decodeFile,
  type FinalSentence,
  frame,
  type FunAsrError,
  isSentenceEnd,
  jsonl,
  openLocalEngine,
  pace,
  Recognition,
  type RecognitionCallback,
  type RecognitionMetrics,
  type RecognitionResult,
  type RecognizeStream,
  recognize,
  resample,
  type Sentence,
  sentenceEnd,
  srt,
  transcribe,
  vtt,
} from 'fun-asr-streams';

/** Compiles only for a value of exactly this type, and not for `any`. */
type Exactly<Expected, Actual> = [Expected, Actual] extends [Actual, Expected]
  ? 0 extends 1 & Actual
    ? never
    : Actual
  : never;

export async function stagesFitIntoPipelines(): Promise<void> {
  await pipeline(
    createReadStream('talk.mp3'),
    decode(),
    frame(),
    pace(),
    recognize(),
    sentenceEnd(),
    srt(),
    createWriteStream('talk.srt'),
  );
  await pipeline(decodeFile('talk.mp3'), frame(), recognize(), vtt(), process.stdout);
  await pipeline(createReadStream('talk.mp3'), convert({ to: 'wav' }), createWriteStream('talk.wav'));
  await pipeline(decodeFile('talk.mp3'), frame(), recognize(), async (sentences) => {
    for await (const sentence of sentences) console.log(sentence.text);
  });
  await pipeline(
    decodeFile('talk.mp3'),
    frame(),
    recognize(),
    async function* (sentences: AsyncIterable<Sentence>) {
      for await (const sentence of sentences) yield { ...sentence, text: sentence.text.toUpperCase() };
    },
    jsonl(),
    createWriteStream('talk.jsonl'),
  );
  const composed: Duplex = capture().pipe(frame()).pipe(recognize());
  await once(composed.pipe(sentenceEnd()), 'close');
}

export async function chunksHaveTypes(): Promise<void> {
  for await (const sentence of recognize()) sentence satisfies Exactly<Sentence, typeof sentence>;
  for await (const final of sentenceEnd()) {
    final satisfies Exactly<FinalSentence, typeof final>;
    final.end_time.toFixed();
  }
  for await (const pcm of capture()) pcm satisfies Exactly<Buffer, typeof pcm>;
  for await (const pcm of decodeFile('talk.mp3')) pcm.readInt16LE(0);
  for await (const pcm of Readable.from([]).pipe(decode())) pcm.readInt16LE(0);
  for await (const text of srt()) text.toString('utf8');
  for await (const sentence of recognize()) {
    // @ts-expect-error a partial sentence has no end yet
    sentence.end_time.toFixed();
    if (isSentenceEnd(sentence)) sentence.end_time.toFixed();
  }
}

export function eventsHaveNamesAndTypes(): void {
  const recognizer: RecognizeStream = recognize();
  recognizer
    .on('open', (taskId) => taskId satisfies string)
    .on('reconnect', ({ attempt, delayMs, reason }) => [attempt satisfies number, delayMs, reason.code])
    .on('gap', ({ begin_time, end_time }) => end_time - begin_time)
    .on('warning', (warning) => warning satisfies FunAsrError)
    .once('metrics', (metrics) => metrics satisfies RecognitionMetrics)
    .on('data', (sentence) => sentence satisfies Sentence)
    .on('error', (error) => error.message)
    .off('close', () => {});
  void new Promise((resolve) => recognizer.once('close', resolve));

  // @ts-expect-error there is no such event
  recognizer.on('reconect', () => {});
  // @ts-expect-error there is no such field
  recognizer.on('gap', ({ beginTime }) => beginTime);
  // @ts-expect-error the argument is a FunAsrError
  recognizer.on('warning', (warning: string) => warning);
  // @ts-expect-error there is no such event
  recognizer.once('sentence', () => {});

  for (const stage of [decode(), convert({ to: 'mp3' }), resample({ from: PCM })]) {
    stage.on('warning', ({ code, hint }) => [code, hint]);
    // @ts-expect-error there is no such event
    stage.on('warn', () => {});
  }
  capture().on('warning', ({ code }) => code);
  // @ts-expect-error it decodes nothing, so it warns of nothing
  frame().on('warning', () => {});
  // @ts-expect-error there is no such event
  srt().on('cue', () => {});
}

const PCM = { sampleRate: 48_000, channels: 2, format: 's16le' } as const;

export async function transcriptionHasTypes(response: Response, blob: Blob): Promise<void> {
  for await (const final of transcribe('talk.mp3')) final satisfies Exactly<FinalSentence, typeof final>;
  for await (const final of transcribe('talk.mp3', { partials: false })) final.end_time.toFixed();
  for await (const sentence of transcribe('talk.mp3', { partials: true })) {
    sentence satisfies Exactly<Sentence, typeof sentence>;
  }
  transcribe(createReadStream('talk.mp3'));
  if (response.body) transcribe(response.body);
  transcribe(blob);
  // @ts-expect-error the input is not a recording
  transcribe(42);
  // @ts-expect-error there is no such option
  transcribe('talk.mp3', { maxDuration: 1000 });
  // @ts-expect-error an option has one type
  transcribe('talk.mp3', { maxDurationMs: '1000' });
}

export async function engineHasTypes(): Promise<void> {
  recognize({ engine: 'local' });
  recognize({ engine: await openLocalEngine() });
  transcribe('talk.mp3', { engine: await openLocalEngine({ partials: true }) });
  // @ts-expect-error there is no such engine
  recognize({ engine: 'clod' });
  // @ts-expect-error an engine is a name or an object
  transcribe('talk.mp3', { engine: null });
}

export async function recognitionHasTypes(): Promise<void> {
  const recognition = new Recognition({
    callback: { onEvent: (result) => result satisfies RecognitionResult },
  });
  const result = await recognition.call('talk.wav');
  for (const final of result.getSentence()) final satisfies Exactly<FinalSentence, typeof final>;
  recognition.on('event', (event) => event.getSentence() satisfies Sentence);
  // @ts-expect-error there is no such event
  recognition.on('on_event', () => {});
  // @ts-expect-error a name of the Python SDK
  const callback: RecognitionCallback = { on_event: () => {} };
  // @ts-expect-error a name of the Python SDK
  const other = new Recognition({ sample_rate: 16_000 });
  void [other, callback];
  for await (const event of recognition) event satisfies Exactly<RecognitionResult, typeof event>;
}
