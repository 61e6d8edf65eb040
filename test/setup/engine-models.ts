import { pullModel } from '../../lib/engines/models/model-pull.ts';

/** Test files run side by side, and each would otherwise fetch the engine's model for itself the first time. */
export default async function pullModels(): Promise<void> {
  await pullModel('moonshine-base');
}
