/** Part of the original audio, from and to in ms. */
export type TimeRange = readonly [from: number, to: number];

/** Which audio of a sentence the service received, as its text encodes it. */
export interface ReceivedAudio {
  /** Number of the sentence, from 1. */
  readonly number: number;
  /** One range if the audio was continuous; more if some was lost or repeated in between. */
  readonly ranges: readonly TimeRange[];
}

/** Encodes the audio of a sentence as a text: `Sentence 5 received 12000-13500.`, with further ranges after the first. */
export function formatTranscript({ number, ranges }: ReceivedAudio): string {
  return `Sentence ${number} received ${ranges.map(([from, to]) => `${from}-${to}`).join(' ')}.`;
}

/** Decodes a text of {@link formatTranscript}; returns undefined for any other text. */
export function parseTranscript(text: string): ReceivedAudio | undefined {
  const [, number, ranges] = /^Sentence (\d+) received ((?:[\d.]+-[\d.]+ ?)+)\.$/.exec(text) ?? [];
  if (number === undefined || ranges === undefined) return undefined;
  return {
    number: Number(number),
    ranges: ranges.split(' ').map((range): TimeRange => {
      const [from, to] = range.split('-').map(Number);
      return [from ?? 0, to ?? 0];
    }),
  };
}
