import { DEFAULT_SAMPLE_RATE } from '../../media/pcm.ts';
import { FunAsrError } from '../../core/errors.ts';
import type { EngineStream, EngineStreamOptions } from '../../service/engine.ts';
import type { FairQueue } from './fair-queue.ts';
import { type Phrase, sentenceOf } from './phrases.ts';
import { type RecognizedSpeech, recognizePieces } from './recognize-pieces.ts';
import type { VoiceDetector } from './runtime/runtime.ts';
import { WINDOW } from './runtime/voice-activity.ts';
import { Excerpt } from './segments/excerpt.ts';
import { RecentAudio } from './segments/recent-audio.ts';
import { SegmentJoiner } from './segments/segment-joiner.ts';
import type { Segment } from './segments/segmenter.ts';
import type { VoiceDetectors } from './segments/voice-detectors.ts';
import { SentenceSplitter } from './sentence-splitter.ts';
import { LanguageCheck } from './words/language-check.ts';
import type { Punctuation } from './words/punctuation.ts';
import { type Recognizer, type SegmentText, USUAL_SURROUNDINGS } from './words/recognizer.ts';

/** What all streams of an engine share. */
export interface LocalStreamParts {
  readonly detectors: VoiceDetectors;
  /** Gives the recogniser of one stream. @param language As the client names it. */
  readonly recognizerFor: (language: string | undefined) => Recognizer;
  readonly queue: FairQueue;
  /** Adds punctuation to final sentences. @default the model writes it */
  readonly punctuation?: Punctuation | undefined;
}

/**
 * Audio kept before and after a segment. A recording that begins with speech gets silence before it: without any, the
 * model continues to write after the last word.
 */
const PADDING = USUAL_SURROUNDINGS.padding;
/** Audio after which a partial result is made again: of all the segment (1 s), or of the new audio only (0.3 s). */
const PARTIAL_STEP = DEFAULT_SAMPLE_RATE;
const CONTINUED_PARTIAL_STEP = 0.3 * DEFAULT_SAMPLE_RATE;
/** Speech that may wait to be recognised before `write` waits (30 s). */
const MAX_QUEUED = 30 * DEFAULT_SAMPLE_RATE;
/** Speech without words that is shorter or softer is noise, such as breath or steps, and is not reported. */
const MIN_REPORTED_MS = 1000;
const MIN_REPORTED_DB = -50;

/**
 * Recognises one stream of audio: voice detector → segments → text of each → sentences. Segments are recognised in
 * parallel, and their results are used in the order of the audio.
 */
export class LocalStream implements EngineStream {
  readonly #parts: LocalStreamParts;
  readonly #options: EngineStreamOptions;
  readonly #onClose: () => void;
  readonly #recognizer: Recognizer;
  /** Undefined after the end of the audio. */
  #detector: VoiceDetector | undefined;
  readonly #audio = new RecentAudio();
  readonly #segmenter: SegmentJoiner;
  readonly #splitter: SentenceSplitter;
  /** Undefined when the language is known, or when the model detects it. */
  readonly #language: LanguageCheck | undefined;
  /** Samples that the detector has received. */
  #detected = 0;
  /** Samples whose windows have been processed. */
  #processed = 0;
  #detecting: Promise<void> = Promise.resolve();
  /** End of the last segment, in samples. */
  #segmentEnd = -Infinity;
  /** Samples of speech in the queue, and the work on them. */
  #queued = 0;
  readonly #recognizing = new Set<Promise<void>>();
  /** Sample at which the last partial result was started, and whether one is being made. */
  #partialAt = 0;
  #isPartialPending = false;
  /** The phrases of the open sentence. Changed only in the order of the audio, by {@link #inOrder}. */
  #phrases: Phrase[] = [];
  #results: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  /** @param onClose Called when the stream has ended, failed or was destroyed. */
  constructor(parts: LocalStreamParts, options: EngineStreamOptions, onClose: () => void) {
    this.#parts = parts;
    this.#options = options;
    this.#onClose = onClose;
    this.#detector = parts.detectors.take();
    const recognizer = parts.recognizerFor(options.language);
    this.#recognizer = recognizer;
    if (options.language === undefined && recognizer.secondOpinion) {
      this.#language = new LanguageCheck(
        async (excerpt) => await parts.queue.run(this, async () => recognizer.secondOpinion?.(excerpt)),
      );
    }
    const silence = (options.maxSentenceSilence * DEFAULT_SAMPLE_RATE) / 1000;
    this.#segmenter = new SegmentJoiner(silence);
    this.#splitter = new SentenceSplitter(silence);
  }

  get silenceMs(): number {
    const { open, silentUntil } = this.#segmenter;
    return open ? 0 : msOf(Math.max(0, silentUntil - Math.max(0, this.#segmentEnd)));
  }

  async write(pcm: Buffer): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#audio.append(pcm);
    await this.#detect(Math.floor((this.#audio.end - this.#detected) / WINDOW));
    while (this.#queued > MAX_QUEUED) await Promise.race(this.#recognizing);
    if (this.#failure) throw this.#failure;
  }

  async end(): Promise<void> {
    if (this.#failure) throw this.#failure;
    // The last window is filled with silence.
    await this.#detect(Math.ceil((this.#audio.end - this.#detected) / WINDOW));
    if (this.#failure) throw this.#failure;
    this.#returnDetector();
    for (const segment of this.#segmenter.finish()) {
      this.#recognize({ ...segment, end: Math.min(segment.end, this.#audio.end) });
    }
    this.#endSentence();
    await this.#results;
    if (this.#failure) throw this.#failure;
    this.#close();
  }

  destroy(reason: Error = new FunAsrError('E_ENGINE', 'The stream of audio was destroyed')): void {
    this.#fail(reason);
  }

  /** Looks for speech in the next windows of audio, and processes them. Calls are answered in their order. */
  #detect(windows: number): Promise<void> {
    const samples = this.#audio.read(this.#detected, this.#detected + windows * WINDOW);
    this.#detected += samples.length;
    const detecting = windows > 0 ? this.#detector?.detect(samples) : undefined;
    this.#detecting = Promise.all([detecting, this.#detecting])
      .then(([decisions = []]) => {
        for (const [index, isSpeech] of decisions.entries()) {
          if (this.#failure) return;
          this.#processWindow(samples.subarray(index * WINDOW, (index + 1) * WINDOW), isSpeech);
        }
      })
      .catch((reason: Error) => this.#fail(reason));
    return this.#detecting;
  }

  #processWindow(samples: Float32Array, isSpeech: boolean): void {
    this.#processed += WINDOW;
    const segment = this.#segmenter.feed(isSpeech, energyOf(samples));
    if (segment) this.#recognize(segment);
    if (this.#splitter.silentUntil(this.#segmenter.silentUntil)) this.#endSentence();
    if (this.#options.partials) this.#recognizeOpenSegment();
    this.#audio.forget(this.#segmenter.silentUntil - PADDING);
  }

  #recognize(segment: Segment): void {
    if (this.#splitter.add(segment)) this.#endSentence();
    const excerpt = this.#excerptOf(segment);
    const recognizing = this.#parts.queue.run(this, () =>
      recognizePieces(this.#recognizer, segment, excerpt),
    );
    const length = segment.end - segment.begin;
    this.#segmentEnd = segment.end;
    this.#queued += length;
    const work = this.#inOrder(recognizing, async (pieces) => {
      for (const piece of pieces) await this.#use(piece);
      if (this.#options.partials && !this.#failure) this.#emitPartial(this.#phrases);
    }).finally(() => {
      this.#queued -= length;
      this.#recognizing.delete(work);
    });
    this.#recognizing.add(work);
  }

  /** Adds the text of some speech to the open sentence, or reports that it was not recognised. */
  async #use({ segment, excerpt, found }: RecognizedSpeech): Promise<void> {
    const checked = await this.#language?.check(excerpt, found);
    const { text, isDoubtful = false } = checked ?? { text: found.text };
    if (this.#failure) return;
    if (text !== '') this.#phrases.push({ ...phraseOf(segment, { ...found, text }), isDoubtful });
    else if (isReported(excerpt, found.hasWords)) await this.#reportUnrecognized(segment);
  }

  /** Reports speech without words. It ends the sentence before it, so that times never go back. */
  async #reportUnrecognized({ begin, end }: Segment): Promise<void> {
    await this.#emitSentence();
    if (this.#failure) return;
    this.#options.onUnrecognized?.({ begin_time: msOf(begin), end_time: msOf(end) });
  }

  #endSentence(): void {
    void this.#inOrder(Promise.resolve(), () => this.#emitSentence());
  }

  /** Makes a partial result from the open segment, at most once per step of audio. */
  #recognizeOpenSegment(): void {
    const { open } = this.#segmenter;
    if (!open || !this.#recognizer.recognizePartial || this.#isPartialPending) return;
    const length = this.#processed - open.begin;
    const since = this.#processed - Math.max(this.#partialAt, open.begin);
    const step = this.#recognizer.continuesPartials
      ? CONTINUED_PARTIAL_STEP
      : Math.max(PARTIAL_STEP, 0.15 * length);
    if (since < step) return;
    this.#partialAt = this.#processed;
    this.#isPartialPending = true;
    const excerpt = this.#excerptOf(open);
    const recognizing = this.#parts.queue.run(this, async () => this.#recognizer.recognizePartial?.(excerpt));
    void this.#inOrder(recognizing, (found) => {
      this.#isPartialPending = false;
      if (found && found.text !== '') this.#emitPartial([...this.#phrases, phraseOf(open, found)]);
    });
  }

  #excerptOf({ begin, end, pauses = [] }: Segment): Excerpt {
    // Where a long segment was cut in two, no audio is in both.
    const isCut = this.#segmenter.open?.begin === end;
    const from = Math.max(begin - PADDING, this.#segmentEnd);
    const to = isCut ? end : Math.min(end + PADDING, this.#processed);
    const inside = pauses.map((pause) => ({ begin: pause.begin - from, end: pause.end - from }));
    return new Excerpt(this.#audio.read(from, to), begin - from, to - end, inside, begin);
  }

  /** Uses a result after all results before it. Resolves also when that fails: see {@link #fail}. */
  #inOrder<Result>(work: Promise<Result>, use: (result: Result) => void | Promise<void>): Promise<void> {
    this.#results = Promise.all([work, this.#results])
      .then(([result]) => (this.#failure ? undefined : use(result)))
      .catch((reason: Error) => this.#fail(reason));
    return this.#results;
  }

  /** Stops. `write` and `end` reject with the reason. */
  #fail(reason: Error): void {
    this.#failure ??= reason;
    this.#parts.queue.drop(this, reason);
    this.#returnDetector();
    this.#close();
  }

  #close(): void {
    this.#recognizer.release?.();
    this.#onClose();
  }

  #returnDetector(): void {
    if (this.#detector) this.#parts.detectors.giveBack(this.#detector);
    this.#detector = undefined;
  }

  #emitPartial(phrases: readonly Phrase[]): void {
    if (phrases.length > 0) this.#options.onSentence(sentenceOf(phrases, false));
  }

  /** Emits the open sentence as a final one. Called in order, so that nothing is added to it in between. */
  async #emitSentence(): Promise<void> {
    if (this.#phrases.length === 0) return;
    const sentence = sentenceOf(this.#phrases, true);
    this.#phrases = [];
    const { punctuation } = this.#parts;
    const final = punctuation ? await punctuation.add(sentence, this.#options.language) : sentence;
    if (!this.#failure) this.#options.onSentence(final);
  }
}

function phraseOf(segment: Segment, { text, times, language }: SegmentText): Phrase {
  const begin = msOf(segment.begin);
  return {
    begin,
    end: msOf(segment.end),
    pauses: segment.pauses?.map((pause) => ({ begin: msOf(pause.begin), end: msOf(pause.end) })),
    text,
    times: times?.map((time) => ({ begin: begin + time.begin, end: begin + time.end })),
    language,
  };
}

/** Decides whether speech without words is a loss, and not noise. */
function isReported({ loudnessDb, durationMs }: Excerpt, hasWords: boolean): boolean {
  return loudnessDb > MIN_REPORTED_DB && (hasWords || durationMs >= MIN_REPORTED_MS);
}

function msOf(samples: number): number {
  return Math.round(samples / (DEFAULT_SAMPLE_RATE / 1000));
}

function energyOf(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}
