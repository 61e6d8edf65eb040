import { PARAMETER_NAMES } from '../../protocol/parameters.ts';
import { LIMIT_NAMES } from '../../recognition/task/client-limits.ts';

/**
 * Keys that a configuration file may have that was found by search. Such a file may have come with a folder of
 * recordings from the network. So it may choose how text is recognised, laid out and named, and nothing else: no address
 * that receives the key or audio, no program that is started, no device, no file outside its own folder, and no
 * replacement of existing files. A key that is not listed is accepted only from a file that the user has named, and from
 * the one in the home folder.
 */
const KEYS: ReadonlySet<string> = new Set([
  ...PARAMETER_NAMES,
  ...LIMIT_NAMES.map((name) => name.replace(/Ms$/, '')),
  // Recognition and audio.
  'language',
  'contextFile',
  'model',
  'hotWords',
  'itn',
  'channels',
  'speakers',
  'audioTrack',
  'centre',
  'pace',
  'partials',
  // Outputs.
  'outputDir',
  'outputFormat',
  'jsonShape',
  'paragraphs',
  'languageSuffix',
  'report',
  'reportEmbed',
  'json',
  'quiet',
  'verbose',
  // Cues.
  'profile',
  'maxLineWidth',
  'maxLineCount',
  'maxWordsPerLine',
  'maxCps',
  'minCueDuration',
  'maxCueDuration',
  'minGap',
  'stripPunctuation',
  'newline',
  'bom',
  'karaoke',
  'strict',
  // Conversion.
  'to',
  'sampleRate',
  'bitrate',
  'copy',
  // Runs and their cost.
  'concurrency',
  'maxDuration',
  'maxCost',
  'freeQuota',
  'price',
  'poll',
]);

/**
 * Whether a configuration file that was found by search may have this key with this value. The engine may only be `local`:
 * the file must not send audio away that would stay on this machine.
 */
export function isAcceptedWhenFound(key: string, value?: unknown): boolean {
  return KEYS.has(key) || (key === 'engine' && value === 'local');
}
