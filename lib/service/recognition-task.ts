import { heartbeat, resultGenerated } from '../recognition/messages.ts';
import { type AudioInput, openAudioInput, STANDARD_RATE } from './audio-input.ts';
import type { Engine, EngineSentence, EngineStream, UnrecognizedSpeech } from './engine.ts';
import { type SilenceLimits, SilenceWatch } from './silence-watch.ts';
import { TaskFailure } from './task-failure.ts';
import type { TaskSettings } from './task-settings.ts';

export interface RecognitionTaskOptions {
  readonly id: string;
  readonly settings: TaskSettings;
  readonly engine: Engine;
  readonly partials: boolean;
  /** Whether to send speech that was not recognised, which Fun-ASR's protocol does not have. */
  readonly reportUnrecognized: boolean;
  readonly limits: SilenceLimits;
  /** Sends a message to the client. */
  readonly send: (message: string) => void;
}

/** The engine hears 16 bits, mono. */
const BYTES_PER_SAMPLE = 2;
/** With less audio the real service refuses to answer. */
const LEAST_AUDIO_MS = 200;

/**
 * One task: audio of the client in, results to the client out. Its methods reject with a {@link TaskFailure}, or with
 * what failed below.
 */
export class RecognitionTask {
  readonly id: string;
  readonly #send: (message: string) => void;
  readonly #stream: EngineStream;
  readonly #audio: AudioInput;
  readonly #silence: SilenceWatch;
  readonly #bytesPerMs: number;
  #hasAudio = false;
  /** Audio that the engine was given, in ms. */
  #heardMs = 0;
  #finals = 0;
  /** Whether a partial of the present sentence was sent. */
  #isOpen = false;
  #isOver = false;

  constructor({ id, settings, engine, partials, reportUnrecognized, limits, send }: RecognitionTaskOptions) {
    this.id = id;
    this.#send = send;
    this.#silence = new SilenceWatch(limits, settings.hasHeartbeat);
    const sampleRate = engineRate(engine, settings);
    this.#bytesPerMs = (sampleRate * BYTES_PER_SAMPLE) / 1000;
    this.#stream = engine.open({
      sampleRate,
      maxSentenceSilence: settings.maxSentenceSilence,
      partials,
      onSentence: (sentence) => this.#tell(sentence),
      onUnrecognized: reportUnrecognized ? (speech) => this.#reportUnrecognized(speech) : undefined,
    });
    this.#audio = openAudioInput(settings, (pcm) => this.#listen(pcm), sampleRate);
  }

  /** Takes audio as it was declared, cut anywhere. Resolves when there is room for more. */
  async hear(audio: Buffer): Promise<void> {
    this.#hasAudio ||= audio.length > 0;
    await this.#audio.write(audio);
  }

  /** No more audio. Resolves when the last result was sent. */
  async finish(): Promise<void> {
    if (this.#hasAudio) await this.#audio.end();
    if (this.#heardMs === 0) throw new TaskFailure('NO_VALID_AUDIO_ERROR', 'NO_VALID_AUDIO_ERROR');
    if (this.#heardMs < LEAST_AUDIO_MS) {
      throw new TaskFailure('EmptyAudio', `the audio is shorter than ${LEAST_AUDIO_MS} ms`);
    }
    await this.#stream.end();
  }

  /** Stops at once; nothing is sent any more. */
  destroy(): void {
    this.#isOver = true;
    this.#audio.destroy();
    this.#stream.destroy();
  }

  async #listen(pcm: Buffer): Promise<void> {
    this.#heardMs += pcm.length / this.#bytesPerMs;
    await this.#stream.write(pcm);
    const due = this.#silence.feed(this.#stream.silenceMs);
    if (due === 'timeout') throw new TaskFailure('ResponseTimeout', 'Response timeout!');
    if (due === 'heartbeat' && !this.#isOver) this.#send(heartbeat(this.id));
  }

  /** Sends a final sentence without words. Its field `unrecognized` is not in Fun-ASR's protocol. */
  #reportUnrecognized(speech: UnrecognizedSpeech): void {
    this.#tell({ ...speech, text: '', words: [], unrecognized: true });
  }

  #tell(sentence: EngineSentence & { readonly unrecognized?: true }): void {
    if (this.#isOver) return;
    const isFinal = sentence.end_time !== null;
    const wire = {
      sentence_id: this.#finals + 1,
      ...sentence,
      words: sentence.words.map((word) => ({ ...word, fixed: isFinal, speaker_id: null })),
      channel_id: 0,
      speaker_id: null,
      heartbeat: false,
      sentence_begin: !isFinal && !this.#isOpen,
      sentence_end: isFinal,
    };
    this.#isOpen = !isFinal;
    if (isFinal) this.#finals += 1;
    // Whole seconds, rounded up, of all audio of the task up to now; never a sum of what sentences cost.
    const usage = isFinal ? { duration: Math.ceil(this.#heardMs / 1000) } : null;
    this.#send(resultGenerated(this.id, wire, usage));
  }
}

/** The rate at which an engine hears audio as it is declared, in Hz. */
function engineRate({ sampleRates = [] }: Engine, { format, sampleRate }: TaskSettings): number {
  return format === 'pcm' && sampleRates.includes(sampleRate) ? sampleRate : STANDARD_RATE;
}
