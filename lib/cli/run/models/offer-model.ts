import { createInterface } from 'node:readline/promises';
import { FunAsrError } from '../../../core/errors.ts';
import type { BackendOptions } from '../../../engines/choose-backend.ts';
import { LOCAL_MODELS, type LocalModelName } from '../../../engines/models/catalogue/catalogue.ts';
import { chooseLocalModels } from '../../../engines/models/choose-model.ts';
import { lacksConsent, roundedSize } from '../../../engines/models/ready-model.ts';
import { licenseOf, pullAndShow } from './pull-command.ts';

/** What decides whether the user can be asked. */
export interface OfferOptions {
  readonly quiet?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Runs work that may need a model which only the user may download. When the model is missing, asks on a terminal whether to
 * download it, and runs the work again. Elsewhere, and without consent, the work fails with `E_MODEL_MISSING`.
 */
export async function offeringModel<Result>(
  { model, languageHints }: Pick<BackendOptions, 'model' | 'languageHints'>,
  { quiet = false, json = false }: OfferOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const canAsk = process.stdin.isTTY && process.stderr.isTTY && !quiet && !json;
    const isMissing = error instanceof FunAsrError && error.code === 'E_MODEL_MISSING';
    if (!canAsk || !isMissing) throw error;
    const [choice] = chooseLocalModels(model, languageHints?.[0]);
    if (choice.kind !== 'catalogue' || !(await lacksConsent(choice.model))) throw error;
    if (!(await isAccepted(choice.name)) || !(await pullAndShow(choice.name))) throw error;
    return await work();
  }
}

async function isAccepted(name: LocalModelName): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const size = roundedSize(LOCAL_MODELS[name]);
    const question = `Download the model ${name} (${size}, license: ${licenseOf(name)})? [y/N] `;
    const closed = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
    const answer = await Promise.race([prompt.question(question), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
