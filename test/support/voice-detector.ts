import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCAL_MODELS } from '../../lib/engines/models/catalogue/catalogue.ts';
import { stateOf } from '../../lib/engines/models/model-store.ts';

/** The only model that is installed before the tests. */
const INSTALLED = LOCAL_MODELS['moonshine-base'];

/** Copies the voice detector of the installed model to an empty cache, without the model itself. */
export async function copyVoiceDetector(cacheDir: string): Promise<void> {
  const { folder } = await stateOf(INSTALLED, undefined);
  const to = (await stateOf(INSTALLED, cacheDir)).folder;
  await cp(join(folder, 'voice.onnx'), join(to, 'voice.onnx'));
}
