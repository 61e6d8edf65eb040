import type { EngineSentence } from '../../service/engine.ts';
import type { RuntimeMessage, RuntimeSettings } from './runtime-messages.ts';
import { type RuntimeServer, SessionConnection } from './session-connection.ts';
import { SpeechClock } from './speech-clock.ts';
import { estimatedWords, sentencesOf, timedWords, weightOf } from './timed-words.ts';

/** A session is cut in a pause of `pauseMs` when it is longer than `times` its usual length. */
const CUTS: readonly { readonly times: number; readonly pauseMs: number }[] = [
  { times: 1, pauseMs: 500 },
  { times: 2, pauseMs: 200 },
  { times: 4, pauseMs: 0 },
];
const USUAL_MS: Readonly<Record<RuntimeSettings['mode'], number>> = { '2pass': 20_000, offline: 60_000 };
/** The server rounds times, and its model adds some silence. */
const TOLERANCE_MS = 1000;

let sessions = 0;

/** Options of {@link RuntimeSession.open}. */
export interface RuntimeSessionOptions {
  readonly server: RuntimeServer;
  readonly settings: RuntimeSettings;
  /** Start of its audio, in ms from the start of the stream. */
  readonly begin: number;
  readonly signal: AbortSignal;
  /** Called with times from the start of the stream, in order, after {@link RuntimeSession.release}. */
  readonly onSentence: (sentence: EngineSentence) => void;
}

/**
 * One session with the server, and its sentences.
 *
 * A result whose times count from the start of the session is emitted at once. The times of any other are not known: the
 * Python server counts them from the start of a sentence, and does not send where that is. Such results are kept until the
 * session has ended, and are then laid out over its loud audio. A failure before that repeats the whole session, so that
 * no sentence is lost or repeated because of an estimate.
 */
export class RuntimeSession {
  readonly clock: SpeechClock;
  readonly #server: RuntimeServer;
  readonly #mode: RuntimeSettings['mode'];
  readonly #onSentence: (sentence: EngineSentence) => void;
  /** Undefined until it is open. */
  #connection: SessionConnection | undefined;
  /** Results of the first pass since the last result of the second one. */
  #online = '';
  /** Results without a known time. */
  #kept: string[] = [];
  /** End of the last sentence, in ms from the start of the stream. */
  #finalMs: number;
  /** Final sentences that wait for the session before; undefined when they need not wait. */
  #waiting: EngineSentence[] | undefined = [];

  private constructor({ server, settings, begin, onSentence }: RuntimeSessionOptions) {
    this.clock = new SpeechClock(begin);
    this.#server = server;
    this.#mode = settings.mode;
    this.#onSentence = onSentence;
    this.#finalMs = begin;
  }

  /** Connects to the server. */
  static async open(options: RuntimeSessionOptions): Promise<RuntimeSession> {
    const session = new RuntimeSession(options);
    sessions += 1;
    session.#connection = await SessionConnection.open(
      options.server,
      { ...options.settings, name: `audio-${sessions}` },
      (message) => session.#receive(message),
      options.signal,
    );
    return session;
  }

  /** Whether the audio so far is long enough, and this is a place to cut it. */
  get isAtCut(): boolean {
    // Final sentences of known time confirm the audio before them.
    if (this.#mode === '2pass' && this.#server.hasSessionTimes) return false;
    const { durationMs, pauseMs } = this.clock;
    return CUTS.some((cut) => durationMs >= cut.times * USUAL_MS[this.#mode] && pauseMs >= cut.pauseMs);
  }

  /** Sends a frame of audio. Resolves when there is room for more. */
  async write(frame: Buffer): Promise<void> {
    this.clock.add(frame);
    await this.#connection?.write(frame);
  }

  /** The session before it has ended: emits its final sentences so far, and from now on each at once. */
  release(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    waiting.forEach(this.#onSentence);
  }

  /** Ends the audio. Resolves after the last sentence. */
  async end(): Promise<void> {
    await this.#connection?.end();
    // The server has ended without the second pass of this text.
    this.#keep(this.#online);
    this.#online = '';
    this.#layOut();
  }

  destroy(): void {
    this.#connection?.destroy();
  }

  #receive(message: RuntimeMessage): void {
    const { mode, text } = message;
    if (mode.endsWith('online')) {
      this.#online = joined(this.#online, text);
      this.#emitPartial();
      return;
    }
    // Without a mode, an empty text is the answer to the end of the audio, and does not correct anything.
    if (text === '' && mode === '') return;
    this.#online = '';
    if (text === '') return;
    if (!this.#emitTimed(message)) this.#keep(text);
  }

  /** Emits the sentences of a result whose times are those of the session. Returns false for any other. */
  #emitTimed({ text, stamps, server }: RuntimeMessage): boolean {
    const { begin, end } = this.clock;
    if (stamps.length === 0 || server !== 'runtime' || this.#kept.length > 0) return false;
    const isPlausible = stamps.every(
      ([from, to]) =>
        from <= to && begin + from >= this.#finalMs - TOLERANCE_MS && begin + to <= end + TOLERANCE_MS,
    );
    if (!isPlausible) return false;
    this.#server.hasSessionTimes = true;
    const shifted = stamps.map(([from, to]) => [begin + from, begin + to] as const);
    sentencesOf(timedWords(text, shifted)).forEach((sentence) => this.#emitFinal(sentence));
    return true;
  }

  #keep(text: string): void {
    if (text === '') return;
    this.#kept.push(text);
    this.#emitPartial();
  }

  /** Emits the kept results: each gets a part of the loud audio after the last sentence, by its length. */
  #layOut(): void {
    const from = this.#finalMs;
    const total = this.#kept.reduce((sum, text) => sum + weightOf(text), 0);
    let before = 0;
    for (const text of this.#kept) {
      const start = before;
      const weight = weightOf(text);
      before += weight;
      const words = estimatedWords(text, (share) =>
        this.clock.timeOfShare((start + share * weight) / total, from),
      );
      sentencesOf({ words, isMeasured: false }).forEach((sentence) => this.#emitFinal(sentence));
    }
    this.#kept = [];
  }

  #emitFinal(sentence: EngineSentence): void {
    const inside = (time: number): number => Math.min(Math.max(time, this.#finalMs), this.clock.end);
    const words = sentence.words.map((word) => ({
      ...word,
      begin_time: inside(word.begin_time),
      end_time: inside(word.end_time),
    }));
    const end_time = inside(sentence.end_time ?? this.clock.end);
    const final = { ...sentence, begin_time: inside(sentence.begin_time), end_time, words };
    this.#finalMs = end_time;
    if (this.#waiting) this.#waiting.push(final);
    else this.#onSentence(final);
  }

  #emitPartial(): void {
    if (this.#waiting) return;
    const text = this.#kept.concat(this.#online).reduce(joined, '');
    const from = this.#finalMs;
    const words = estimatedWords(text, (share) => this.clock.timeOfShare(share, from));
    const begin_time = words[0]?.begin_time ?? from;
    if (text !== '') this.#onSentence({ begin_time, end_time: null, text, words, word_times: 'estimated' });
  }
}

/** Joins two texts, with a space between two words that have spaces in their language. */
function joined(first: string, second: string): string {
  const isSpaced =
    /[\p{Script=Latin}\p{Script=Hangul}0-9,.!?]$/u.test(first) &&
    /^[\p{Script=Latin}\p{Script=Hangul}0-9]/u.test(second);
  return first + (isSpaced ? ' ' : '') + second;
}
