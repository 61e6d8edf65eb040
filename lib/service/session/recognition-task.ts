import { SERVICE_CODES, SERVICE_MESSAGES } from '../../protocol/errors/service-codes.ts';
import { BYTES_PER_SAMPLE, DEFAULT_SAMPLE_RATE } from '../../media/pcm.ts';
import { MIN_AUDIO_MS } from '../../protocol/service-limits.ts';
import { heartbeat, resultGenerated } from '../../protocol/messages/service-events.ts';
import type { Engine, EngineSentence, EngineStream, UnrecognizedSpeech } from '../engine.ts';
import { type AudioConversion, openAudioConversion } from './audio-conversion.ts';
import { type SilenceLimits, SilenceMonitor } from './silence-monitor.ts';
import { TaskError } from './task-error.ts';
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

/**
 * One task: receives the audio of the client and sends the results. Its methods reject with a {@link TaskError}, or
 * with the error of the engine or of FFmpeg.
 */
export class RecognitionTask {
  readonly id: string;
  readonly #send: (message: string) => void;
  readonly #stream: EngineStream;
  readonly #audio: AudioConversion;
  readonly #silence: SilenceMonitor;
  readonly #bytesPerMs: number;
  #hasAudio = false;
  /** Audio that was sent to the engine, in ms. */
  #audioMs = 0;
  #finals = 0;
  /** Whether a partial result of the current sentence was sent. */
  #isSentenceOpen = false;
  #isOver = false;

  constructor({ id, settings, engine, partials, reportUnrecognized, limits, send }: RecognitionTaskOptions) {
    this.id = id;
    this.#send = send;
    this.#silence = new SilenceMonitor(limits, settings.hasHeartbeat);
    const sampleRate = engineSampleRate(engine, settings);
    this.#bytesPerMs = (sampleRate * BYTES_PER_SAMPLE) / 1000;
    this.#stream = engine.open({
      sampleRate,
      language: settings.language,
      maxSentenceSilence: settings.maxSentenceSilence,
      partials,
      onSentence: (sentence) => this.#sendSentence(sentence),
      onUnrecognized: reportUnrecognized ? (speech) => this.#sendUnrecognized(speech) : undefined,
    });
    this.#audio = openAudioConversion(settings, (pcm) => this.#recognize(pcm), sampleRate);
  }

  /** Takes audio in the declared format, in chunks of any size. Resolves when there is room for more. */
  async write(audio: Buffer): Promise<void> {
    this.#hasAudio ||= audio.length > 0;
    await this.#audio.write(audio);
  }

  /** Ends the audio. Resolves when the last result was sent. */
  async finish(): Promise<void> {
    if (this.#hasAudio) await this.#audio.end();
    if (this.#audioMs === 0) throw new TaskError(SERVICE_CODES.noValidAudio, SERVICE_CODES.noValidAudio);
    if (this.#audioMs < MIN_AUDIO_MS) {
      throw new TaskError(SERVICE_CODES.emptyAudio, `the audio is shorter than ${MIN_AUDIO_MS} ms`);
    }
    await this.#stream.end();
  }

  /** Stops at once. Nothing is sent after this. */
  destroy(): void {
    this.#isOver = true;
    this.#audio.destroy();
    this.#stream.destroy();
  }

  async #recognize(pcm: Buffer): Promise<void> {
    this.#audioMs += pcm.length / this.#bytesPerMs;
    await this.#stream.write(pcm);
    const due = this.#silence.update(this.#stream.silenceMs);
    if (due === 'timeout') {
      throw new TaskError(SERVICE_CODES.responseTimeout, SERVICE_MESSAGES.responseTimeout);
    }
    if (due === 'heartbeat' && !this.#isOver) this.#send(heartbeat(this.id));
  }

  /** Sends a final sentence without words. Its field `unrecognized` is not in Fun-ASR's protocol. */
  #sendUnrecognized(speech: UnrecognizedSpeech): void {
    this.#sendSentence({ ...speech, text: '', words: [], unrecognized: true });
  }

  #sendSentence(sentence: EngineSentence & { readonly unrecognized?: true }): void {
    if (this.#isOver) return;
    const isFinal = sentence.end_time !== null;
    const wire = {
      sentence_id: this.#finals + 1,
      ...sentence,
      words: sentence.words.map((word) => ({ ...word, fixed: isFinal, speaker_id: null })),
      channel_id: 0,
      speaker_id: null,
      heartbeat: false,
      sentence_begin: !isFinal && !this.#isSentenceOpen,
      sentence_end: isFinal,
    };
    this.#isSentenceOpen = !isFinal;
    if (isFinal) this.#finals += 1;
    // Whole seconds of all audio of the task so far, rounded up; not the sum of the sentences.
    const usage = isFinal ? { duration: Math.ceil(this.#audioMs / 1000) } : null;
    this.#send(resultGenerated(this.id, wire, usage));
  }
}

/** The sample rate of the PCM for the engine, in Hz. */
function engineSampleRate({ sampleRates = [] }: Engine, { format, sampleRate }: TaskSettings): number {
  return format === 'pcm' && sampleRates.includes(sampleRate) ? sampleRate : DEFAULT_SAMPLE_RATE;
}
