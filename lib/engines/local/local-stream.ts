import { FunAsrError } from '../../core/errors.ts';
import type { EngineStream, EngineStreamOptions } from '../../service/engine.ts';
import { Excerpt } from './excerpt.ts';
import { LanguageCheck } from './language-check.ts';
import { type Phrase, sentenceOf } from './phrases.ts';
import { RecentAudio } from './recent-audio.ts';
import type { Recogniser } from './recogniser.ts';
import { type SegmentRecogniser, USUAL } from './segment-recogniser.ts';
import { type Segment, Segmenter, WINDOW } from './segmenter.ts';
import { SentenceBounds } from './sentence-bounds.ts';
import type { Turns } from './turns.ts';
import type { VoiceDetector, VoiceDetectors } from './voice-detector.ts';

/** What the streams of an engine share. */
export interface LocalStreamParts {
  readonly detectors: VoiceDetectors;
  readonly recogniser: SegmentRecogniser;
  readonly draftRecogniser: Recogniser | undefined;
  readonly turns: Turns;
}

const RATE = 16_000;
/** Silence between two segments, unless sentences are to end sooner (0.4 s). */
const SEGMENT_SILENCE = 0.4 * RATE;
/**
 * Audio kept on both sides of a segment. A recording that begins with speech gets silence before it instead: without
 * any, the model goes on writing after the last word.
 */
const PADDING = USUAL.padding;
/** Speech without words that is not reported: shorter (in ms), or softer (in dB). Breath and steps are such. */
const SHORT_NOISE_MS = 1000;
const SOFT_NOISE_DB = -50;
/** Speech that may wait for the recogniser before the source is slowed (30 s). */
const MOST_WAITING = 30 * RATE;

/**
 * One stream of audio on its way to sentences: voice detector → segments → recogniser → phrases → sentences.
 * Segments are recognised side by side; what comes of them is taken in their order.
 */
export class LocalStream implements EngineStream {
  readonly #parts: LocalStreamParts;
  readonly #options: EngineStreamOptions;
  readonly #onClose: () => void;
  /** Until the last of the audio has been heard. */
  #detector: VoiceDetector | undefined;
  readonly #audio = new RecentAudio();
  readonly #segmenter: Segmenter;
  readonly #bounds: SentenceBounds;
  /** Sample up to which the detector has heard the audio. */
  #heard = 0;
  /** End of the last segment. */
  #segmentEnd = -Infinity;
  /** Samples of speech that wait for the recogniser, and the work on them. */
  #waiting = 0;
  readonly #recognising = new Set<Promise<void>>();
  readonly #language: LanguageCheck;
  /** Where the last draft was made, and whether one is in the making. */
  #draftedAt = 0;
  #isDrafting = false;
  /** What the open sentence is made of. Touched only in the order of the audio, by {@link #inOrder}. */
  #phrases: Phrase[] = [];
  #results: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  /** @param onClose Called when it has ended, failed or was destroyed. */
  constructor(parts: LocalStreamParts, options: EngineStreamOptions, onClose: () => void) {
    this.#parts = parts;
    this.#options = options;
    this.#onClose = onClose;
    this.#detector = parts.detectors.take();
    this.#language = new LanguageCheck((excerpt) =>
      parts.turns.run(this, () => parts.recogniser.secondOpinion(excerpt)),
    );
    const silence = (options.maxSentenceSilence * RATE) / 1000;
    this.#segmenter = new Segmenter(Math.min(SEGMENT_SILENCE, silence));
    this.#bounds = new SentenceBounds(silence);
  }

  get silenceMs(): number {
    const { open, silentUntil } = this.#segmenter;
    return open ? 0 : msOf(Math.max(0, silentUntil - Math.max(0, this.#segmentEnd)));
  }

  async write(pcm: Buffer): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#audio.append(pcm);
    while (this.#audio.end - this.#heard >= WINDOW) this.#hear();
    while (this.#waiting > MOST_WAITING) await Promise.race(this.#recognising);
    if (this.#failure) throw this.#failure;
  }

  async end(): Promise<void> {
    if (this.#failure) throw this.#failure;
    // The last piece of audio is filled up with silence.
    if (this.#heard < this.#audio.end) this.#hear();
    this.#giveBackDetector();
    const segment = this.#segmenter.finish();
    if (segment) this.#take({ ...segment, end: Math.min(segment.end, this.#audio.end) });
    this.#endSentence();
    await this.#results;
    if (this.#failure) throw this.#failure;
    this.#onClose();
  }

  destroy(reason: Error = new FunAsrError('E_ENGINE', 'The stream of audio was given up')): void {
    this.#fail(reason);
  }

  /** Hears the next window of audio. */
  #hear(): void {
    const samples = this.#audio.read(this.#heard, this.#heard + WINDOW);
    this.#heard += WINDOW;
    const isSpeech = this.#detector?.isSpeech(samples) ?? false;
    const segment = this.#segmenter.feed(isSpeech, loudnessOf(samples));
    if (segment) this.#take(segment);
    if (this.#bounds.silentUntil(this.#segmenter.silentUntil)) this.#endSentence();
    if (this.#options.partials) this.#draft();
    this.#audio.forget(this.#segmenter.silentUntil - PADDING);
  }

  #take(segment: Segment): void {
    if (this.#bounds.add(segment)) this.#endSentence();
    const { recogniser, turns } = this.#parts;
    const excerpt = this.#excerpt(segment);
    const recognising = turns.run(this, () => recogniser.recognise(excerpt));
    const length = segment.end - segment.begin;
    this.#segmentEnd = segment.end;
    this.#waiting += length;
    const work = this.#inOrder(recognising, async (found) => {
      const text = await this.#language.check(excerpt, found);
      if (this.#failure) return;
      if (text !== '') this.#phrases.push(phraseOf(segment, text));
      else if (isReported(excerpt, found.hasWords)) this.#skip(segment);
      if (this.#options.partials) this.#give(this.#phrases, false);
    }).finally(() => {
      this.#waiting -= length;
      this.#recognising.delete(work);
    });
    this.#recognising.add(work);
  }

  /** Reports speech that was not recognised. It ends the sentence before it, so that all times go on. */
  #skip({ begin, end }: Segment): void {
    this.#give(this.#phrases, true);
    this.#phrases = [];
    this.#options.onUnrecognized?.({ begin_time: msOf(begin), end_time: msOf(end) });
  }

  #endSentence(): void {
    void this.#inOrder(Promise.resolve(), () => {
      this.#give(this.#phrases, true);
      this.#phrases = [];
    });
  }

  /** Recognises the open segment so far, now and then, with the smaller model. */
  #draft(): void {
    const { open } = this.#segmenter;
    const { draftRecogniser } = this.#parts;
    if (!open || !draftRecogniser || this.#isDrafting) return;
    const length = this.#heard - open.begin;
    if (this.#heard - Math.max(this.#draftedAt, open.begin) < Math.max(RATE, 0.15 * length)) return;
    this.#draftedAt = this.#heard;
    this.#isDrafting = true;
    const samples = this.#excerpt(open).with(USUAL);
    const drafting = this.#parts.turns.run(this, () => draftRecogniser.recognise(samples));
    void this.#inOrder(drafting, ({ text }) => {
      this.#isDrafting = false;
      if (text !== '') this.#give([...this.#phrases, phraseOf(open, text)], false);
    });
  }

  #excerpt({ begin, end }: Segment): Excerpt {
    // Nothing is recognised twice where a long segment was cut in two.
    const isCut = this.#segmenter.open?.begin === end;
    const from = Math.max(begin - PADDING, this.#segmentEnd);
    const to = isCut ? end : Math.min(end + PADDING, this.#heard);
    return new Excerpt(this.#audio.read(from, to), begin - from, to - end);
  }

  /** Uses a result after all results before it. */
  #inOrder<Result>(work: Promise<Result>, use: (result: Result) => void | Promise<void>): Promise<void> {
    this.#results = Promise.all([work, this.#results])
      .then(([result]) => (this.#failure ? undefined : use(result)))
      .catch((reason: Error) => this.#fail(reason));
    return this.#results;
  }

  /** Whoever writes or waits for the end is told the reason. */
  #fail(reason: Error): void {
    this.#failure ??= reason;
    this.#parts.turns.drop(this, reason);
    this.#giveBackDetector();
    this.#onClose();
  }

  #giveBackDetector(): void {
    if (this.#detector) this.#parts.detectors.giveBack(this.#detector);
    this.#detector = undefined;
  }

  #give(phrases: readonly Phrase[], isFinal: boolean): void {
    if (phrases.length > 0) this.#options.onSentence(sentenceOf(phrases, isFinal));
  }
}

function phraseOf({ begin, end }: Segment, text: string): Phrase {
  return { begin: msOf(begin), end: msOf(end), text };
}

/** Decides whether speech without words is a loss, and not breath or a step. */
function isReported(excerpt: Excerpt, hasWords: boolean): boolean {
  return excerpt.loudnessDb > SOFT_NOISE_DB && (hasWords || excerpt.durationMs >= SHORT_NOISE_MS);
}

function msOf(samples: number): number {
  return Math.round(samples / (RATE / 1000));
}

function loudnessOf(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}
