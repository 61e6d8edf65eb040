import type * as LiveKitAgents from '@livekit/agents';
import { checkInstalledVersion, packageMissing } from '../../core/system/installed-package.ts';

const PACKAGE = {
  name: '@livekit/agents',
  major: 1,
  owner: 'fun-asr-streams/livekit',
  others: ['@livekit/rtc-node'],
};

/** LiveKit Agents. */
export const agents: typeof LiveKitAgents = await load();

async function load(): Promise<typeof LiveKitAgents> {
  checkInstalledVersion(PACKAGE);
  try {
    return await import('@livekit/agents');
  } catch (cause) {
    throw packageMissing(PACKAGE, cause);
  }
}
