import type * as OpenTelemetry from '@opentelemetry/api';
import { checkInstalledVersion, packageMissing } from '../../core/system/installed-package.ts';

const PACKAGE = { name: '@opentelemetry/api', major: 1, owner: 'fun-asr-streams/opentelemetry' };

/** The API of OpenTelemetry. */
export const api: typeof OpenTelemetry = await load();

async function load(): Promise<typeof OpenTelemetry> {
  checkInstalledVersion(PACKAGE);
  try {
    return await import('@opentelemetry/api');
  } catch (cause) {
    throw packageMissing(PACKAGE, cause);
  }
}
