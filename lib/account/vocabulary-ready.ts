import { setTimeout as wait } from 'node:timers/promises';
import { FunAsrError } from '../core/errors.ts';
import { checkOptions, integer, text } from '../core/options.ts';
import { ACCOUNT_RULES, type AccountOptions } from './account.ts';
import { queryVocabulary } from './vocabulary.ts';

export interface VocabularyReadyOptions extends AccountOptions {
  /** The model that the list is meant for: it is refused when it was made for another. @default none: any */
  readonly model?: string | undefined;
  /** How often to ask, in ms. @default 1000 */
  readonly pollMs?: number | undefined;
  /** How long to wait, in ms. @default 60_000 */
  readonly timeoutMs?: number | undefined;
}

/**
 * Waits until a list can be used, which takes the service a while after it was made or changed.
 * @throws {FunAsrError} `E_TIMEOUT`; `E_OPTION` when it is for another model, which the service would not say;
 * `E_PARAM` when there is no such list in this account and region.
 */
export async function vocabularyReady(id: string, options: VocabularyReadyOptions = {}): Promise<void> {
  const { model, pollMs = 1000, timeoutMs = 60_000, ...account } = options;
  checkOptions('vocabularyReady', options, {
    ...ACCOUNT_RULES,
    model: text,
    pollMs: integer(1, 60_000, 'ms'),
    timeoutMs: integer(1, 86_400_000, 'ms'),
  });
  const end = performance.now() + timeoutMs;
  for (;;) {
    const { status, target_model } = await queryVocabulary(id, account);
    if (model !== undefined && model !== target_model) throw wrongModel(id, target_model, model);
    if (status === 'OK') return;
    if (performance.now() + pollMs > end) throw notReady(id, status, timeoutMs);
    await wait(pollMs, undefined, { signal: account.signal });
  }
}

function wrongModel(id: string, made: string, model: string): FunAsrError {
  return new FunAsrError('E_OPTION', `the vocabulary ${id} is for ${made}, not for ${model}`, {
    hint: `${model} would ignore it: make another list with this model.`,
  });
}

function notReady(id: string, status: string, ms: number): FunAsrError {
  return new FunAsrError('E_TIMEOUT', `the vocabulary ${id} is still ${status} after ${ms / 1000} s`, {
    retryable: true,
    hint: 'Wait a little longer, and look at it with: fun-asr vocabulary query.',
  });
}
