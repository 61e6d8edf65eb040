import { createHash } from 'node:crypto';
import type { EngineName } from '../engine.ts';
import { PARAMETERS } from '../recognition/parameters.ts';
import type { TranscribeOptions } from '../transcribe.ts';

/** The options that a transcript depends on, beside the parameters of recognition. Where they come from: not. */
const DECISIVE = ['model', 'region', 'baseUrl'] as const satisfies ReadonlyArray<keyof TranscribeOptions>;

/** Digest of everything that a transcript depends on, beside the recording itself. The key is not in it. */
export function settingsDigest(engine: EngineName, options: TranscribeOptions): string {
  const names = [...DECISIVE, ...(Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[])].sort();
  const settings = names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]));
  return createHash('sha256')
    .update(JSON.stringify([engine, settings]))
    .digest('hex')
    .slice(0, 16);
}
