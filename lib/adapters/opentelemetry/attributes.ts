import type { Attributes } from '@opentelemetry/api';
import { FunAsrError } from '../../core/errors.ts';
import type { RecognitionDiagnostics, RecordingDiagnostics } from '../../recognition/events/diagnostics.ts';

/** Who recognises, for spans and metrics. */
export function engineAttributes({ engine, model, region }: RecognitionDiagnostics): Attributes {
  return {
    'fun_asr.engine': engine,
    'fun_asr.model': model,
    ...(region !== undefined && { 'fun_asr.region': region }),
  };
}

/** The host and the port of a URL. */
export function serverAttributes(url: string): Attributes {
  const { hostname, port, protocol } = new URL(url);
  const defaultPort = protocol === 'wss:' ? 443 : 80;
  return { 'server.address': hostname, 'server.port': port === '' ? defaultPort : Number(port) };
}

/** How a recording or a recognition has ended. */
export function outcomeAttributes({
  state,
  error,
}: Pick<RecordingDiagnostics | RecognitionDiagnostics, 'state' | 'error'>): Attributes {
  return { 'fun_asr.outcome': state, ...(state === 'failed' && { 'error.type': errorType(error) }) };
}

/** The code of an error, else its name. */
export function errorType(error: unknown): string {
  if (error instanceof FunAsrError) return error.code;
  return error instanceof Error ? error.name : '_OTHER';
}
