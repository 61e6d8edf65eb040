/** Spans and metrics of OpenTelemetry: the public interface of `fun-asr-streams/opentelemetry`. */
export { instrumentFunAsr, type InstrumentOptions, type StopInstrumentation } from './instrument.ts';
