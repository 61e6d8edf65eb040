import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { checkOptions, type Rule } from '../../core/options.ts';
import { CHANNELS } from '../../recognition/events/diagnostics.ts';
import { api } from './load-api.ts';
import { MetricRecorder } from './meters.ts';
import { SpanRecorder } from './spans.ts';

/** Options of {@link instrumentFunAsr}. */
export interface InstrumentOptions {
  /** Gets the spans. @default the global one */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Gets the metrics. @default the global one */
  readonly meterProvider?: MeterProvider | undefined;
}

/** Stops the instrumentation, and ends the spans that are open. */
export interface StopInstrumentation extends Disposable {
  (): void;
}

/** Name of the tracer and of the meter. */
const SCOPE = 'fun-asr-streams';

/** The channels of which spans and metrics are made. */
const NAMES = ['recording', 'recognition', 'connection', 'task', 'reconnect', 'gap'] as const;

/**
 * Makes spans and metrics of OpenTelemetry of all recordings and recognitions in this process, from now on. They contain no audio,
 * no text and no key.
 * @throws {FunAsrError} `E_OPTION`
 */
export function instrumentFunAsr(options: InstrumentOptions = {}): StopInstrumentation {
  checkOptions('instrumentFunAsr', options, {
    tracerProvider: hasMethod('getTracer'),
    meterProvider: hasMethod('getMeter'),
  });
  const { tracerProvider = api.trace.getTracerProvider(), meterProvider = api.metrics.getMeterProvider() } =
    options;
  const recorders = [
    new SpanRecorder(tracerProvider.getTracer(SCOPE)),
    new MetricRecorder(meterProvider.getMeter(SCOPE)),
  ];
  const stops = NAMES.map((name) => {
    const listener = (message: unknown): void => {
      for (const recorder of recorders) recorder[name](message as never);
    };
    subscribe(CHANNELS[name], listener);
    return () => unsubscribe(CHANNELS[name], listener);
  });
  const stop = (): void => {
    for (const one of stops) one();
    for (const recorder of recorders) recorder.close();
  };
  return Object.assign(stop, { [Symbol.dispose]: stop });
}

function hasMethod(name: string): Rule {
  return (value) =>
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
      ? undefined
      : `must have the method ${name}`;
}
