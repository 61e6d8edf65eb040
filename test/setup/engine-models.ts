import { pullModel } from '../../lib/engines/models/model-pull.ts';

/** Downloads the model before the tests: test files run in parallel, and each would download it on its own. */
export default async function pullModels(): Promise<void> {
  await pullModel('moonshine-base');
}
