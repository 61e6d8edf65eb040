import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream } from 'node:stream/web';
import { frame } from '../../audio/frame.ts';
import { pick } from '../../core/options.ts';
import { stage } from '../../core/stage.ts';
import { type BackendOptions, chooseBackend } from '../../engines/choose-backend.ts';
import { durationOf } from '../../media/pcm.ts';
import { cloudModelSampleRate } from '../../protocol/cloud-models.ts';
import type { RecognizeStreamOptions } from '../../recognition/recognize-stream.ts';
import { recognize } from '../../recognize.ts';
import { isSentenceEnd, type Sentence } from '../../sentence.ts';
import { unsupportedHeaders } from './headers.ts';
import { bytesOf, pcmStages } from './live-audio.ts';
import { backendOptions, CLIENT_RULES, type FunAsrProviderOptions, liveOptions } from './provider-options.ts';
import { asJson, type StreamOptions, type StreamPart, type StreamResult } from './specification.ts';
import { Transcript } from './transcript.ts';

/** Transcribes live audio: `doStream` of a transcription model. Everything is opened when the first part is read. */
export async function transcribeStream(
  provider: FunAsrProviderOptions,
  model: string,
  options: StreamOptions,
): Promise<StreamResult> {
  const { abortSignal, providerOptions } = options;
  const own = liveOptions(providerOptions);
  const stopping = new AbortController();
  const signal = abortSignal ? AbortSignal.any([abortSignal, stopping.signal]) : stopping.signal;
  const languageHints = own.languageHints ?? provider.languageHints;
  const parts = partsOf(options, {
    backend: { ...backendOptions(provider, model), languageHints, partials: true, signal },
    recognition: { ...pick(provider, CLIENT_RULES), ...own, signal },
    ffmpegPath: provider.ffmpegPath,
  });
  const stream = new ReadableStream<StreamPart>(
    {
      async pull(controller) {
        const { value, done } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        stopping.abort();
        await parts.return().catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
  return { stream };
}

/** What {@link partsOf} opens. */
interface Live {
  readonly backend: BackendOptions;
  readonly recognition: RecognizeStreamOptions;
  readonly ffmpegPath: string | undefined;
}

async function* partsOf(
  { audio, inputAudioFormat, headers }: StreamOptions,
  live: Live,
): AsyncGenerator<StreamPart, void, undefined> {
  const timestamp = new Date();
  const backend = await chooseBackend(live.backend);
  const sampleRate = cloudModelSampleRate(backend.client.model);
  try {
    const stages = pcmStages(inputAudioFormat, { ffmpegPath: live.ffmpegPath, sampleRate });
    yield { type: 'stream-start', warnings: unsupportedHeaders(headers) };
    yield { type: 'response-metadata', timestamp, modelId: backend.model };
    const transcript = new Transcript(backend);
    const recognizer = recognize({ ...live.recognition, engine: backend, sampleRate });
    recognizer.on('gap', (gap) => transcript.addGap(gap));
    recognizer.on('warning', (warning) => transcript.addWarning(warning));
    recognizer.on('reconnect', () => (transcript.reconnects += 1));
    recognizer.on('metrics', (metrics) => (transcript.metrics = metrics));
    let bytes = 0;
    const count = stage<Buffer, Buffer>(
      {
        feed(pcm) {
          bytes += pcm.length;
          return [pcm];
        },
        end: () => [],
      },
      { objectMode: true },
    );
    const source = Readable.from(bytesOf(audio), { objectMode: false });
    const sending = pipeline([source, ...stages, frame({ sampleRate }), count, recognizer]);
    // It rejects with the error of the recognizer, or destroys the recognizer with its own error.
    sending.catch(() => {});
    try {
      for await (const sentence of recognizer) {
        yield partOf(sentence);
        if (isSentenceEnd(sentence)) transcript.addSentence(sentence);
      }
    } finally {
      recognizer.destroy();
      await Promise.allSettled([sending]);
    }
    const language = transcript.language(live.recognition.languageHints?.[0]);
    yield {
      type: 'finish',
      text: transcript.text,
      segments: transcript.segments,
      ...(language !== undefined && { language }),
      durationInSeconds: durationOf(bytes, sampleRate) / 1000,
      usage: transcript.usage,
      providerMetadata: transcript.metadata({ isLive: true }),
    };
  } finally {
    await backend.close();
  }
}

function partOf(sentence: Sentence): StreamPart {
  const { sentence_id, text, begin_time } = sentence;
  const id = String(sentence_id);
  const startSecond = begin_time / 1000;
  if (!isSentenceEnd(sentence)) return { type: 'transcript-partial', id, text, startSecond };
  const endSecond = sentence.end_time / 1000;
  const providerMetadata = { funAsr: asJson(sentence) };
  return { type: 'transcript-final', id, text, startSecond, endSecond, providerMetadata };
}
