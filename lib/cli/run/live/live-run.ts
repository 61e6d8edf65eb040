import { PassThrough } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { type CaptionServerOptions, startCaptionServer } from '../../../caption-page/caption-server.ts';
import { capture, type CaptureOptions } from '../../../audio/capture.ts';
import type { FunAsrError } from '../../../core/errors.ts';
import { frame } from '../../../audio/frame.ts';
import { record } from '../../../audio/record.ts';
import type { OutputFormat, OutputLayout } from '../../../subtitles/formats.ts';
import { type Backend } from '../../../engines/backend.ts';
import { chooseBackend, BACKEND_RULES, type BackendOptions } from '../../../engines/choose-backend.ts';
import { pick } from '../../../core/options.ts';
import type { Reconnect } from '../../../recognition/events/diagnostics.ts';
import type { RecognitionMetrics } from '../../../recognition/events/metrics.ts';
import { cloudModelSampleRate } from '../../../protocol/cloud-models.ts';
import { recognize, type RecognizeOptions } from '../../../recognize.ts';
import { isSentenceEnd, type Sentence } from '../../../sentence.ts';
import { warningLine } from '../../terminal/error-line.ts';
import type { Interruption } from '../interruption.ts';
import type { LiveDisplay } from '../../terminal/progress/live-display.ts';
import { LiveOutputs } from './live-outputs.ts';
import { printable } from '../../terminal/printable.ts';
import { pullDisplay } from '../../terminal/progress/pull-display.ts';
import { reconnectLine } from '../../terminal/reconnect-line.ts';

export interface LiveRunOptions {
  readonly microphone: Pick<CaptureOptions, 'device' | 'driver' | 'ffmpegPath'>;
  readonly engine: BackendOptions;
  /** Options of any engine. */
  readonly recognition: RecognizeOptions;
  /** Folder of the output files. */
  readonly outputDir: string;
  readonly formats: readonly OutputFormat[];
  readonly layout: OutputLayout;
  /** Path of a recording of the audio; true for a file beside the outputs. @default no recording */
  readonly saveAudio?: string | true | undefined;
  /** The page that shows the captions. @default no page */
  readonly page?: Omit<CaptionServerOptions, 'sentences'> | undefined;
  readonly display: LiveDisplay;
  readonly interruption: Interruption;
}

/** Transcribes the microphone until it is interrupted or the source ends. Shows the text and writes the outputs. */
export async function liveRun(options: LiveRunOptions): Promise<void> {
  if (options.page === undefined) return await recogniseLive(options);
  const shown = new PassThrough({ objectMode: true });
  const page = await startCaptionServer({ ...options.page, sentences: shown });
  options.display.notice(`live captions: ${page.url} (for a streaming program: ${page.url}?overlay)`);
  try {
    await recogniseLive(options, shown);
  } finally {
    shown.end();
    await finished(shown);
    await page.close();
  }
}

async function recogniseLive(options: LiveRunOptions, shown?: PassThrough): Promise<void> {
  const { outputDir, formats, layout, saveAudio, display } = options;
  const outputs = await LiveOutputs.create(outputDir, formats, layout);
  const audioPath = saveAudio === true ? outputs.audioPath : saveAudio;
  let hasText = false;
  try {
    const backend = await openBackend(options);
    try {
      await listen(options, backend, audioPath, async (sentence) => {
        hasText ||= isSentenceEnd(sentence);
        display.showSentence(sentence);
        shown?.write(sentence);
        await outputs.write(sentence);
      });
    } finally {
      await backend.close();
    }
    display.notice(`written: ${pathList(await outputs.finish())}`);
  } catch (error) {
    if (hasText) await keepPartial(outputs, display);
    else await outputs.discard();
    throw error;
  }
}

async function keepPartial(outputs: LiveOutputs, display: LiveDisplay): Promise<void> {
  try {
    display.notice(`kept, incomplete: ${pathList(await outputs.keepPartial())}`);
  } catch {
    // Only the first error is reported: this one usually has the same cause.
  }
}

async function openBackend(options: LiveRunOptions): Promise<Backend> {
  const { engine, recognition, display, interruption } = options;
  const pulling = pullDisplay();
  const backend = await chooseBackend({
    ...pick({ ...recognition, ...engine }, BACKEND_RULES),
    partials: true,
    onPull: pulling.onProgress,
    signal: interruption.stop,
  }).finally(() => pulling.close());
  display.notice(`engine: ${backend.name}, ${backend.model} (${printable(backend.reason)})`);
  return backend;
}

async function listen(
  { microphone, recognition, display, interruption }: LiveRunOptions,
  backend: Backend,
  audioPath: string | undefined,
  onSentence: (sentence: Sentence) => Promise<void>,
): Promise<void> {
  const { stop, signal } = interruption;
  const sampleRate = cloudModelSampleRate(backend.client.model);
  const source = capture({ ...microphone, sampleRate, stop, signal });
  const recognizer = recognize({ ...recognition, engine: backend, sampleRate, live: true, signal });
  recognizer.on('reconnect', (reconnect: Reconnect) => display.notice(reconnectLine(reconnect)));
  const onWarning = (warning: FunAsrError): void => display.notice(warningLine(warning));
  source.on('warning', onWarning);
  recognizer.on('warning', onWarning);
  const tasks: RecognitionMetrics[] = [];
  recognizer.on('metrics', (metrics: RecognitionMetrics) => tasks.push(metrics));
  const recorder = audioPath === undefined ? undefined : record(audioPath, { sampleRate });
  recorder?.on('warning', onWarning);
  const recorded = new Promise<void>((resolve) => (recorder ? recorder.once('close', resolve) : resolve()));
  const listening = pipeline(
    source,
    recorder ?? new PassThrough(),
    frame({ sampleRate }),
    recognizer,
    async (sentences) => {
      for await (const sentence of sentences) await onSentence(sentence);
    },
  );
  source.once('data', () => display.notice('listening; press Ctrl-C to stop'));
  let hasRecorded = false;
  recorder?.once('data', () => (hasRecorded = true));
  try {
    await listening;
  } finally {
    await recorded;
    if (audioPath !== undefined && hasRecorded) display.notice(`recorded: ${printable(audioPath)}`);
  }
  for (const metrics of tasks) display.notice(metricsLine(metrics));
}

function metricsLine({ requestId, firstPackageDelayMs, lastPackageDelayMs }: RecognitionMetrics): string {
  const delays = { 'first package delay': firstPackageDelayMs, 'last package delay': lastPackageDelayMs };
  const known = Object.entries(delays).filter(([, ms]) => ms !== undefined);
  return [`request id ${printable(requestId)}`, ...known.map(([name, ms]) => `${name} ${ms} ms`)].join(', ');
}

function pathList(names: readonly string[]): string {
  return printable(names.join(', '));
}
