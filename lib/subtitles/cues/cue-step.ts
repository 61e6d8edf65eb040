import type { FinalSentence, Sentence } from '../../sentence.ts';
import type { Step } from '../../core/stage.ts';
import { CueTiming } from './cue-timing.ts';
import { charactersOf, widthOf } from './characters.ts';
import { CueOrder } from './cue-order.ts';
import { checkCueOptions, type CueOptions, profileFor } from './cue-options.ts';
import { type Cue, cuesOf, speakerOf } from './cues.ts';
import type { Profile } from '../profiles/profile.ts';
import { finals } from '../sentence-end.ts';

/**
 * Makes the step of the subtitle formats: `Sentence` objects → cues. It holds back the last cue until the next one is
 * known, because the end of a cue depends on the next one.
 * The cues of a speaker are also held back until the next sentence, because those of several speakers alternate.
 * @param owner Name of the stage, for the message about an invalid option.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function cuesStep(
  owner: string,
  options: CueOptions,
  { hasSpeakerPrefix = false }: CueStepOptions = {},
): Step<Sentence, Cue> {
  checkCueOptions(owner, options);
  const timing = new CueTiming();
  const order = new CueOrder();
  return {
    *feed(sentence) {
      for (const final of finals.feed(sentence)) {
        for (const cue of order.before(final)) yield* timing.feed(cue);
        const profile = withoutPrefix(profileFor(final.text, options), hasSpeakerPrefix ? final : undefined);
        order.add(cuesOf(final, profile).map((cue) => ({ cue, profile })));
        if (speakerOf(final) === undefined) for (const cue of order.rest()) yield* timing.feed(cue);
      }
    },
    *end() {
      for (const cue of order.rest()) yield* timing.feed(cue);
      yield* timing.end();
    },
  };
}

/** What a format adds to the cues. */
export interface CueStepOptions {
  /** Whether the format puts {@link speakerPrefix} before the first line: it takes some of the width. @default false */
  readonly hasSpeakerPrefix?: boolean;
}

/** What stands before the text of a speaker in formats that have no place for names. */
export function speakerPrefix(speaker: string | undefined): string {
  return speaker === undefined ? '' : `${speaker}: `;
}

/** A line keeps at least this width beside a long name. */
const MIN_LINE_WIDTH = 10;

function withoutPrefix(profile: Profile, sentence: FinalSentence | undefined): Profile {
  const prefix = sentence ? speakerPrefix(speakerOf(sentence)) : '';
  if (prefix === '') return profile;
  const maxLineWidth = Math.max(
    MIN_LINE_WIDTH,
    profile.maxLineWidth - widthOf(charactersOf(prefix, profile)),
  );
  return { ...profile, maxLineWidth };
}
