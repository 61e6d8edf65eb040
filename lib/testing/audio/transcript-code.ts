/** Audio that was heard without a break: its begin and end in the audio that it was rendered from, in ms. */
export type Span = readonly [begin: number, end: number];

/** What was heard of one sentence, by the audio's own word. */
export interface Heard {
  /** Number of the sentence, from 1. */
  readonly number: number;
  /** One when all went well; more when audio was lost or repeated in between. */
  readonly spans: readonly Span[];
}

/** `Sentence 5 heard 12000-13500.`, and further spans after it. */
export function heardText({ number, spans }: Heard): string {
  return `Sentence ${number} heard ${spans.map(([begin, end]) => `${begin}-${end}`).join(' ')}.`;
}

/** Reads what {@link heardText} wrote; undefined when it is another text. */
export function readHeard(text: string): Heard | undefined {
  const [, number, spans] = /^Sentence (\d+) heard ((?:[\d.]+-[\d.]+ ?)+)\.$/.exec(text) ?? [];
  if (number === undefined || spans === undefined) return undefined;
  return {
    number: Number(number),
    spans: spans.split(' ').map((span): Span => {
      const [begin, end] = span.split('-').map(Number);
      return [begin ?? 0, end ?? 0];
    }),
  };
}
