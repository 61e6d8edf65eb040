import { setTimeout as wait } from 'node:timers/promises';
import { FunAsrError } from '../core/errors.ts';
import { checkArgument, checkOptions, integer, text } from '../core/options.ts';
import { ACCOUNT_RULES, type AccountOptions } from './account.ts';
import { queryVocabulary } from './vocabulary.ts';

/** Options of {@link vocabularyReady}. */
export interface VocabularyReadyOptions extends AccountOptions {
  /** The model that will use the list: fails when the list is for another model. @default any */
  readonly model?: string | undefined;
  /** Time between two requests, in ms. @default 1000 */
  readonly pollMs?: number | undefined;
  /** Time limit, in ms. @default 60_000 */
  readonly timeoutMs?: number | undefined;
}

/**
 * Waits until a list can be used: the service needs some time after it was created or changed.
 * @throws {FunAsrError} `E_TIMEOUT`; `E_OPTION` when it is for another model, which the service does not report;
 * `E_PARAM` when the account has no such list in this region.
 */
export async function vocabularyReady(id: string, options: VocabularyReadyOptions = {}): Promise<void> {
  checkOptions('vocabularyReady', options, {
    ...ACCOUNT_RULES,
    model: text,
    pollMs: integer(1, 60_000, 'ms'),
    timeoutMs: integer(1, 86_400_000, 'ms'),
  });
  const { model, pollMs = 1000, timeoutMs = 60_000, ...account } = options;
  checkArgument('vocabularyReady', 'the id', id, text);
  const end = performance.now() + timeoutMs;
  for (;;) {
    const { status, target_model } = await queryVocabulary(id, account);
    if (model !== undefined && model !== target_model) throw wrongModel(id, target_model, model);
    if (status === 'OK') return;
    if (performance.now() + pollMs > end) throw notReady(id, status, timeoutMs);
    await wait(pollMs, undefined, { signal: account.signal });
  }
}

function wrongModel(id: string, target: string, model: string): FunAsrError {
  return new FunAsrError('E_OPTION', `the vocabulary ${id} is for ${target}, not for ${model}`, {
    hint: `${model} ignores it. Create another list with this model.`,
  });
}

function notReady(id: string, status: string, ms: number): FunAsrError {
  return new FunAsrError('E_TIMEOUT', `the vocabulary ${id} is still ${status} after ${ms / 1000} s`, {
    retryable: true,
    hint: 'Try again later. See its status with `fun-asr vocabulary query`.',
  });
}
