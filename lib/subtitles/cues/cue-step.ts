import type { Sentence } from '../../sentence.ts';
import type { Profile } from '../profiles/profile.ts';
import { finals } from '../sentence-end.ts';
import { FunAsrError } from '../../core/errors.ts';
import type { ItemStep } from '../writer.ts';
import { CueTiming } from './cue-timing.ts';
import { charactersOf, widthOf } from '../words/characters.ts';
import { CueOrder } from './cue-order.ts';
import { checkCueOptions, type CueOptions, profileFor } from './cue-options.ts';
import { type Cue, type ProfiledCue } from './cues.ts';
import { widthBesideLabel } from './layout.ts';
import { hasSpeaker, isSameSpeaker, type Speaker, speakerOf, speakerPrefix } from './speaker.ts';
import { PendingSpeech } from './pending-speech.ts';
import { languageOf } from '../profiles/language.ts';
import { loadPhrases } from '../words/phrases.ts';
import { RunLanguage, statedLanguage } from './run-language.ts';
import { type Turn, turnsOf } from './turns.ts';

/** What a format adds to the cues. */
export interface CueStepOptions {
  /** Whether the format puts {@link speakerPrefix} before the first line of a turn: it takes some of the width. @default false */
  readonly hasSpeakerPrefix?: boolean;
}

/**
 * Makes the step of the subtitle formats: `Sentence` objects → cues. It holds back sentences that follow each other without a
 * long pause, because they are laid out together, and the last cue, because its end depends on the next one.
 * @param owner Name of the stage, for the message about an invalid option.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function cuesStep(
  owner: string,
  options: CueOptions,
  { hasSpeakerPrefix = false }: CueStepOptions = {},
): CueItems {
  checkCueOptions(owner, options);
  return new CueStep(options, hasSpeakerPrefix);
}

/** The cues of a format, and the warnings about them. */
export type CueItems = Required<Omit<ItemStep<Cue>, 'prepare'>> & ItemStep<Cue>;

class CueStep implements CueItems {
  readonly #options: CueOptions;
  readonly #hasSpeakerPrefix: boolean;
  readonly #language: RunLanguage;
  readonly #timing = new CueTiming();
  /** The cues of several speakers alternate. */
  readonly #order = new CueOrder();
  #pending: PendingSpeech | undefined;
  #lastSpeaker: Speaker | undefined;
  /** When all that was said so far has ended. */
  #spokenUntil = 0;
  /** Until when a cue may follow one of several speakers, who spoke at the same time. */
  #sharedUntil = 0;
  /** Number of cues that are too fast, by the limit in characters per second. */
  readonly #tooFast = new Map<number, number>();

  constructor(options: CueOptions, hasSpeakerPrefix: boolean) {
    this.#options = options;
    this.#hasSpeakerPrefix = hasSpeakerPrefix;
    this.#language = new RunLanguage(options.language);
  }

  prepare(sentence: Sentence): Promise<void> | undefined {
    const language = statedLanguage(sentence.language) ?? languageOf(sentence.text);
    return loadPhrases(profileFor(language, this.#options).language);
  }

  *feed(sentence: Sentence): Generator<Cue> {
    for (const final of finals.feed(sentence)) {
      const profile = profileFor(this.#language.of(final), this.#options);
      // No token is wider than a line with a label.
      const labelWidth = this.#labelWidth({ speaker: speakerOf(final), channel: final.channel_id }, profile);
      const maxLineWidth = widthBesideLabel(profile.maxLineWidth, labelWidth);
      for (const turn of turnsOf(final, { ...profile, maxLineWidth })) yield* this.#add(turn, profile);
    }
  }

  /** Cues whose end would depend on the next one end with their last word. */
  *flush(): Generator<Cue> {
    this.#close(Infinity, false);
    yield* this.#timed(this.#order.rest());
    yield* this.#counted(this.#timing.flush());
  }

  warnings(): readonly FunAsrError[] {
    return [...this.#tooFast].map(
      ([limit, count]) =>
        new FunAsrError(
          'W_CPS',
          `${count} ${count === 1 ? 'cue' : 'cues'} above ${limit} characters per second`,
          {
            hint: 'No word is left out. A higher limit, or longer lines, may help.',
          },
        ),
    );
  }

  *end(): Generator<Cue> {
    this.#close(Infinity, false);
    yield* this.#timed(this.#order.rest());
    yield* this.#counted(this.#timing.end());
  }

  *#add({ speaker, tokens }: Turn, profile: Profile): Generator<Cue> {
    const beginMs = tokens[0]?.beginMs ?? 0;
    if (!this.#pending?.isContinuedBy(speaker, profile, tokens)) {
      const isOther = this.#lastSpeaker !== undefined && !isSameSpeaker(this.#lastSpeaker, speaker);
      this.#close(beginMs, isOther);
      if (this.#spokenUntil > beginMs) this.#sharedUntil = this.#spokenUntil + profile.maxCueDurationMs;
      // The first cue of all has a name, but no dash.
      const isLabelled = isOther || (this.#lastSpeaker === undefined && speaker.speaker !== undefined);
      const before = Math.max(this.#sharedUntil, isLabelled ? beginMs + 1 : 0);
      const width = this.#labelWidth(speaker, profile);
      this.#pending = new PendingSpeech(speaker, profile, { width, before });
      this.#lastSpeaker = speaker;
    }
    for (const { endMs } of tokens) this.#spokenUntil = Math.max(this.#spokenUntil, endMs);
    this.#pending?.add(tokens);
    this.#order.add(this.#pending?.settled() ?? [], profile);
    // Another speaker may have begun while one was still speaking. No later sentence has a cue before this one.
    const earliest = Math.min(beginMs, this.#pending?.start ?? beginMs);
    yield* this.#timed(hasSpeaker(speaker) ? this.#order.before(earliest) : this.#order.rest());
  }

  #close(nextStart: number, isOther: boolean): void {
    if (this.#pending) this.#order.add(this.#pending.rest(nextStart, isOther), this.#pending.profile);
    this.#pending = undefined;
  }

  /** Width of what stands before the first line of a speaker, when the cue before or beside it is from another one. */
  #labelWidth(speaker: Speaker, profile: Profile): number {
    if (!hasSpeaker(speaker)) return 0;
    const name = this.#hasSpeakerPrefix ? speakerPrefix(speaker.speaker) : '';
    return widthOf(charactersOf(profile.dash + name, profile));
  }

  *#timed(cues: Iterable<ProfiledCue>): Generator<Cue> {
    for (const cue of cues) yield* this.#counted(this.#timing.feed(cue));
  }

  /** Counts the cues that are too fast. */
  *#counted(cues: Iterable<ProfiledCue>): Generator<Cue> {
    for (const { cue, profile } of cues) {
      if (cue.broken?.includes('cps')) {
        const limit = profile.readingSpeed / profile.unitsPerCharacter;
        this.#tooFast.set(limit, (this.#tooFast.get(limit) ?? 0) + 1);
      }
      yield cue;
    }
  }
}
