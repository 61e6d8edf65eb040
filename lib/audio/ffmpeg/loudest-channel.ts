import { FunAsrError } from '../../core/errors.ts';
import { type FfmpegInput, levelArguments } from './ffmpeg-arguments.ts';
import { FfmpegProcess, type FfmpegProcessOptions } from './ffmpeg-process.ts';

/** A mix below this, in dB of full scale (RMS), carries nothing that could be recognised. */
export const SILENT_DB = -55;

/** How far a channel must stand above the mix before the mix counts as cancelled out rather than soft. */
const CANCELLED_DB = 30;

/** RMS levels in dB of full scale; -Infinity for digital silence. */
export interface Levels {
  readonly channels: readonly number[];
  readonly mix: number;
}

/**
 * Index of the channel to be taken instead of the mix: anti-phase stereo cancels out in it, and a low-frequency
 * channel is left out of it. Undefined when the mix is as good as the channels are.
 */
export function loudestInsteadOfMix({ channels, mix }: Levels): number | undefined {
  const loudest = Math.max(...channels);
  return mix < SILENT_DB && loudest >= SILENT_DB && loudest - mix >= CANCELLED_DB
    ? channels.indexOf(loudest)
    : undefined;
}

/** What is said when one channel is taken instead of the mix. */
export function loudestWarning(name: string, channel: number): FunAsrError {
  return new FunAsrError(
    'W_LOUDEST_CHANNEL',
    `${name}: the mix of its channels is silent although they are not; channel ${channel + 1} was taken alone`,
    { hint: 'Its channels cancel each other out, or only one that belongs in no mix has sound.' },
  );
}

/**
 * Measures the input with an FFmpeg of its own. Undefined when there is only one channel, or no answer.
 * @param endMs Where measuring stops, in ms of audio. @default at the end
 */
export async function measureLevels(
  path: string,
  input: FfmpegInput,
  options: FfmpegProcessOptions,
  endMs?: number,
): Promise<Levels | undefined> {
  const process = new FfmpegProcess(path, levelArguments(input, endMs), options);
  try {
    while (await process.read());
    return parseLevels(process.log.messages);
  } finally {
    await process.kill();
  }
}

/** Reads what two `astats` filters report: one over all channels, one over their mix. */
export function parseLevels(messages: readonly string[]): Levels | undefined {
  const filters: number[][] = [];
  let channel = 0;
  for (const message of messages) {
    if (message.startsWith('Overall')) channel = 0;
    const number = /^Channel: (\d+)$/.exec(message)?.[1];
    if (number !== undefined) channel = Number(number);
    if (channel === 1 && number !== undefined) filters.push([]);
    const level = /^RMS level dB: (.+)$/.exec(message)?.[1];
    if (level !== undefined && channel > 0) filters.at(-1)?.push(decibels(level));
  }
  const channels = filters.find((levels) => levels.length > 1);
  const mix = filters.find((levels) => levels.length === 1)?.[0];
  return channels && mix !== undefined ? { channels, mix } : undefined;
}

/** `-inf` is digital silence, `nan` the level of no samples at all. */
function decibels(level: string): number {
  const value = Number.parseFloat(level);
  return Number.isNaN(value) ? -Infinity : value;
}
