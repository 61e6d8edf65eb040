import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import type { Excerpt, Surroundings } from '../segments/excerpt.ts';
import type { Time } from './token-times.ts';

/** The text of one segment of speech, and how it was found. */
export interface SegmentText {
  /** Empty when no words were recognised. */
  readonly text: string;
  /** Whether two models found the same words. */
  readonly isAgreed: boolean;
  /** Whether any attempt found words. */
  readonly hasWords: boolean;
  /** Times of the characters that are not spaces, in ms from the begin of the speech. @default the model has no times */
  readonly times?: readonly Time[] | undefined;
  /** ISO 639 code of the language that the model heard. @default the model does not detect it */
  readonly language?: string | undefined;
}

/** Recognises segments of speech. */
export interface Recognizer {
  /**
   * Recognises a segment. When it finds no words in one of several pieces, the pieces are recognised one by one.
   * @throws {FunAsrError} `E_ENGINE`
   */
  recognize(excerpt: Excerpt): Promise<SegmentText>;
  /** Recognises a segment that is not complete. @default no partial results */
  recognizePartial?(excerpt: Excerpt): Promise<SegmentText>;
  /** Whether a partial result costs only the audio since the one before. @default all of the segment is recognised again */
  readonly continuesPartials?: boolean;
  /**
   * Recognises with another model, whose agreement shows that the words are not invented. Gives undefined when there is no
   * other model.
   * @default the model invents no words for speech that it does not know
   */
  secondOpinion?(excerpt: Excerpt): Promise<string | undefined>;
  /** Frees what it keeps for its stream. @default nothing */
  release?(): void;
}

/**
 * The voice detector finds soft sounds late, so the model needs audio around the speech. It needs silence after it to end
 * its text correctly.
 */
export const USUAL_SURROUNDINGS: Surroundings = {
  padding: 0.25 * DEFAULT_SAMPLE_RATE,
  silence: 0.4 * DEFAULT_SAMPLE_RATE,
};
/** After noise, digital silence can make a model return nothing. */
export const NO_SILENCE: Surroundings = { ...USUAL_SURROUNDINGS, silence: 0 };
