import { lacksLastPage } from './ogg-end.ts';
import { type WavShortfall, wavShortfall } from './wav-shortfall.ts';

/** How a file was cut off, where its own bytes tell and FFmpeg does not. */
export type Shortfall = WavShortfall | 'no last page';

/**
 * Whether a file was cut off.
 * @param head Its first bytes. @param tail Its last ones, as many as the greatest page of an Ogg stream has.
 */
export function shortfallOf(head: Buffer, tail: Buffer, fileBytes: number): Shortfall | undefined {
  return lacksLastPage(head, tail) ? 'no last page' : wavShortfall(head, fileBytes);
}
