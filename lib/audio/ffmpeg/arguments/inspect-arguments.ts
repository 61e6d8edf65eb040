import { PACKET_LIST_ARGUMENTS } from '../../clock/packet-gaps.ts';
import type { SourceInput } from '../../source/audio-source.ts';
import { AUDIO_ONLY, GENERAL, inputArguments, words } from './input-arguments.ts';

/** Lists the audio packets with their times, without decoding them. */
export function packetListArguments(input: SourceInput): string[] {
  return [
    ...GENERAL,
    ...words('-copyts'),
    ...inputArguments(input),
    ...AUDIO_ONLY,
    ...words(PACKET_LIST_ARGUMENTS),
    'pipe:1',
  ];
}

/** Reads picture and subtitles to their end, without decoding them: the log states where they end. */
export function otherTracksArguments(input: SourceInput): string[] {
  return [
    ...GENERAL,
    ...words('-progress pipe:1'),
    ...inputArguments(input),
    ...words('-map 0:V? -map 0:s? -c copy -f null -'),
  ];
}

/** Describes the input and stops, without an output. */
export function probeArguments(input: SourceInput): string[] {
  return [...GENERAL, ...words('-guess_layout_max 0'), ...inputArguments(input)];
}
