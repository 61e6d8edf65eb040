import { checkWire } from '../recognition/parameters.ts';
import type { Engine } from './engine.ts';

/** Why a task is not run: the service's `error_code` and `error_message`. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Says what is wrong with the parameters of `run-task` for an engine; undefined when it can do what they ask. */
export function refusal(
  parameters: Readonly<Record<string, unknown>> & { readonly format: string; readonly sample_rate: number },
  engine: Engine,
): Refusal | undefined {
  if (parameters.format !== 'pcm') {
    return {
      code: 'UNSUPPORTED_FORMAT',
      message: `UNSUPPORTED_FORMAT: the local service takes pcm, not ${parameters.format}`,
    };
  }
  if (parameters.sample_rate !== 16_000) {
    return invalid(`sample_rate must be 16000, not ${parameters.sample_rate}`);
  }
  const broken = checkWire(parameters);
  if (broken) return invalid(broken);
  const language = Array.isArray(parameters.language_hints)
    ? (parameters.language_hints[0] as unknown)
    : undefined;
  // A model that does not know the language gives fluent nonsense: worse than no text.
  if (typeof language === 'string' && !engine.languages.includes(language)) {
    return invalid(
      `language_hints: the local model ${engine.model} recognises ${engine.languages.join(', ')} only, not ${language}`,
    );
  }
  return undefined;
}

function invalid(message: string): Refusal {
  return { code: 'InvalidParameter', message };
}
