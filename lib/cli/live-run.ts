import { pipeline } from 'node:stream/promises';
import { capture, type CaptureOptions } from '../audio/capture.ts';
import { frame } from '../audio/frame.ts';
import type { Format } from '../batch/formats.ts';
import { type ChosenEngine, chooseEngine, ENGINE_RULES, type EngineOptions, fitToEngine } from '../engine.ts';
import type { FunAsrError } from '../errors.ts';
import { pick } from '../options.ts';
import type { Reconnect } from '../recognition/diagnostics.ts';
import type { RecognitionMetrics } from '../recognition/metrics.ts';
import { sampleRateOf } from '../recognition/models.ts';
import { recognize, type RecognizeOptions } from '../recognition/recognize.ts';
import { isSentenceEnd, type Sentence } from '../sentence.ts';
import { warningLine } from './failure.ts';
import type { Interruption } from './interruption.ts';
import type { LiveDisplay } from './live-display.ts';
import { LiveOutputs } from './live-outputs.ts';
import { printable } from './printable.ts';
import { pullDisplay } from './pull-display.ts';
import { reconnecting } from './reconnecting.ts';

export interface LiveRunOptions {
  readonly microphone: Pick<CaptureOptions, 'device' | 'driver' | 'ffmpegPath'>;
  readonly engine: EngineOptions;
  /** What any engine recognises with. */
  readonly recognition: RecognizeOptions;
  /** Folder of the files. */
  readonly outputDir: string;
  readonly formats: readonly Format[];
  readonly display: LiveDisplay;
  readonly interruption: Interruption;
}

/** Listens until it is interrupted, or the source ends: shows what is said, and writes it. */
export async function liveRun(options: LiveRunOptions): Promise<void> {
  const { outputDir, formats, display } = options;
  const outputs = await LiveOutputs.create(outputDir, formats);
  let isSpoken = false;
  try {
    const engine = await readyEngine(options);
    try {
      await listen(options, engine, async (sentence) => {
        isSpoken ||= isSentenceEnd(sentence);
        display.sentence(sentence);
        await outputs.write(sentence);
      });
    } finally {
      await engine.close();
    }
    display.say(`written: ${paths(await outputs.finish())}`);
  } catch (error) {
    if (isSpoken) await keep(outputs, display);
    else await outputs.discard();
    throw error;
  }
}

async function keep(outputs: LiveOutputs, display: LiveDisplay): Promise<void> {
  try {
    display.say(`kept until there: ${paths(await outputs.keepPartial())}`);
  } catch {
    // The failure that led here is the one to report; this one most often has the same cause.
  }
}

async function readyEngine(options: LiveRunOptions): Promise<ChosenEngine> {
  const { engine, recognition, display, interruption } = options;
  const pulling = pullDisplay();
  const chosen = await chooseEngine({
    ...pick({ ...recognition, ...engine }, ENGINE_RULES),
    partials: true,
    onPull: pulling.onProgress,
    signal: interruption.stop,
  }).finally(() => pulling.close());
  display.say(`engine: ${chosen.engine}, ${chosen.model} (${printable(chosen.reason)})`);
  return chosen;
}

async function listen(
  { microphone, recognition, display, interruption }: LiveRunOptions,
  engine: ChosenEngine,
  onSentence: (sentence: Sentence) => Promise<void>,
): Promise<void> {
  const { stop, signal } = interruption;
  const sampleRate = sampleRateOf(engine.client.model);
  const source = capture({ ...microphone, sampleRate, stop, signal });
  const { options, warnings, explain } = fitToEngine(engine, recognition);
  const recognizer = recognize({ ...options, sampleRate, live: true, signal });
  recognizer.on('reconnect', (reconnect: Reconnect) => display.say(reconnecting(reconnect)));
  for (const warning of warnings) display.say(warningLine(warning));
  source.on('warning', (warning) => display.say(warningLine(warning)));
  recognizer.on('warning', (warning: FunAsrError) => display.say(warningLine(explain(warning))));
  const measured: RecognitionMetrics[] = [];
  recognizer.on('metrics', (metrics: RecognitionMetrics) => measured.push(metrics));
  const listening = pipeline(source, frame({ sampleRate }), recognizer, async (sentences) => {
    for await (const sentence of sentences as AsyncIterable<Sentence>) await onSentence(sentence);
  });
  source.once('data', () => display.say('listening; Ctrl-C ends it'));
  await listening;
  for (const metrics of measured) display.say(describe(metrics));
}

function describe({ requestId, firstPackageDelay, lastPackageDelay }: RecognitionMetrics): string {
  const delays = { 'first package delay': firstPackageDelay, 'last package delay': lastPackageDelay };
  const known = Object.entries(delays).filter(([, ms]) => ms !== undefined);
  return [`request id ${printable(requestId)}`, ...known.map(([name, ms]) => `${name} ${ms} ms`)].join(', ');
}

function paths(names: readonly string[]): string {
  return printable(names.join(', '));
}
