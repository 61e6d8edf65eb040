import { FunAsrError, type TimeSpan } from '../../core/errors.ts';

/** A mix below this level, in dB of full scale (RMS), contains nothing that could be recognised. */
export const SILENT_DB = -55;

/** Minimum difference between a channel and the mix, when the mix is cancelled out and not only quiet. */
const CANCELLED_DB = 30;

/** RMS levels in dB of full scale; -Infinity for digital silence. */
export interface Levels {
  readonly channels: readonly number[];
  readonly mix: number;
}

/**
 * Index of the loudest channel, when it is to be decoded instead of the mix: channels of opposite phase cancel each
 * other out in the mix, and the mix leaves a low-frequency channel out. Undefined when the mix is as good.
 */
export function channelInsteadOfMix({ channels, mix }: Levels): number | undefined {
  const loudest = Math.max(...channels);
  return mix < SILENT_DB && loudest >= SILENT_DB && loudest - mix >= CANCELLED_DB
    ? channels.indexOf(loudest)
    : undefined;
}

/** The warning for a part in which one channel, counted from 0, was decoded instead of the mix. */
export function loudestChannelWarning(
  name: string,
  { channel, ...span }: TimeSpan & { readonly channel: number },
): FunAsrError {
  const part = `${(span.beginMs / 1000).toFixed(1)} s to ${(span.endMs / 1000).toFixed(1)} s`;
  return new FunAsrError(
    'W_LOUDEST_CHANNEL',
    `${name}: from ${part} the mix of its channels is silent or loses one of them; channel ${channel + 1} was used`,
    { hint: 'Its channels cancel each other out, or only a channel that is not mixed has sound.', span },
  );
}

/**
 * Parses the reports of two `astats` filters: one over all channels, one over their mix. Undefined when there is
 * only one channel, or a report is missing.
 */
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

/** `-inf` is digital silence, `nan` the level of no samples. */
function decibels(level: string): number {
  const value = Number.parseFloat(level);
  return Number.isNaN(value) ? -Infinity : value;
}
