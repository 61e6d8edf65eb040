import type { FinalSentence } from '../../sentence.ts';
import { oneLine } from '../words/one-line.ts';

/** Who speaks. All are undefined when nothing is known. */
export interface Speaker {
  /** Name on one line; undefined when it is not known. */
  readonly speaker?: string | undefined;
  /** From 0; undefined when the channels were not recognised separately. */
  readonly channel?: number | undefined;
  /** The number that the service gave a speaker without a name. */
  readonly speakerId?: number | string | undefined;
}

/** Name of the speaker on one line; undefined when it is not known. */
export function speakerOf({ speaker }: Pick<FinalSentence, 'speaker'>): string | undefined {
  return typeof speaker === 'string' ? oneLine(speaker) || undefined : undefined;
}

/** Whether two texts are from one speaker. */
export function isSameSpeaker(one: Speaker, other: Speaker): boolean {
  return one.speaker === other.speaker && one.channel === other.channel && one.speakerId === other.speakerId;
}

/** Whether it is known that a text is from one of several speakers. */
export function hasSpeaker({ speaker, channel, speakerId }: Speaker): boolean {
  return speaker !== undefined || channel !== undefined || speakerId !== undefined;
}

/** What stands before the text of a speaker in formats that have no place for names. */
export function speakerPrefix(speaker: string | undefined): string {
  return speaker === undefined ? '' : `${speaker}: `;
}
