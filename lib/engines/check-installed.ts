import { type BackendOptions, backendNameFor } from './choose-backend.ts';
import { findSherpa } from './local/runtime/sherpa.ts';
import { chooseLocalModels } from './models/choose-model.ts';
import { checkConsent } from './models/ready-model.ts';

/**
 * Checks whether the local engine and its model are on this machine, when these options choose them. A model that is
 * downloaded by itself counts as there. Nothing is loaded.
 * @throws {FunAsrError} `E_ENGINE`, `E_MODEL_MISSING`, `E_MODEL_REFUSED`, `E_OPTION`
 */
export async function checkInstalled(options: BackendOptions): Promise<void> {
  const { engine, model, languageHints } = options;
  if (typeof engine === 'object' || backendNameFor(options) !== 'local') return;
  await findSherpa();
  const [main] = chooseLocalModels(model, languageHints?.[0]);
  if (main.kind === 'catalogue') await checkConsent(main.model, undefined);
}
