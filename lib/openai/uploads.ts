import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { privateFolder } from '../core/system/private-folder.ts';
import { withWriteErrors } from '../core/system/write-error.ts';
import { Turn } from '../core/turn.ts';
import { type Answer, answerOf } from './answer.ts';
import { ApiError, failed } from './api-error.ts';
import type { Backends } from './backends.ts';
import type { DoorSettings } from './door-options.ts';
import { sendEvents } from './event-stream.ts';
import { receiveUpload } from './receive-upload.ts';
import { sendAnswer } from './send.ts';
import { Transcription } from './transcription.ts';
import { readRequest, type TranscriptionRequest } from './transcription-request.ts';

/** A request and its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the client has gone, or the door is closed. */
  readonly signal: AbortSignal;
  /** Called with each failure of an engine, also when the client still receives its text. */
  readonly onFailure: (error: unknown) => void;
}

/** Receives recordings, and answers with their transcriptions. */
export class Uploads {
  readonly #settings: DoorSettings;
  readonly #backends: Backends;
  readonly #recognising: ReturnType<typeof pLimit>;
  #count = 0;

  constructor(settings: DoorSettings, backends: Backends) {
    this.#settings = settings;
    this.#backends = backends;
    this.#recognising = pLimit(settings.concurrency);
  }

  /** @throws {ApiError} as the answer; {FunAsrError} what fails in the server */
  async answer(exchange: Exchange): Promise<void> {
    if (this.#count >= this.#settings.maxUploads) {
      throw new ApiError(429, 'too_many_uploads', 'Too many uploads at a time.', { retryAfterSeconds: 5 });
    }
    this.#count += 1;
    const answer = await this.#receive(exchange).finally(() => {
      this.#count -= 1;
    });
    if (answer) sendAnswer(exchange.response, answer);
  }

  /** Removes the copy of the file before it returns. @returns The answer; undefined when it was sent as events. */
  async #receive(exchange: Exchange): Promise<Answer | undefined> {
    const { maxUploadBytes: maxBytes, idleMs, uploadMs: totalMs } = this.#settings;
    const folder = await withWriteErrors('the upload', privateFolder);
    try {
      const path = join(folder.path, 'upload');
      const upload = await receiveUpload(exchange.request, path, { maxBytes, idleMs, totalMs });
      return await this.#inTurn(path, readRequest(upload), exchange);
    } finally {
      await folder.remove();
    }
  }

  /** Waits for its turn, unless the client goes away: its copy does not stay until then. */
  async #inTurn(path: string, asked: TranscriptionRequest, exchange: Exchange): Promise<Answer | undefined> {
    const { response, signal, onFailure } = exchange;
    const turn = new Turn(this.#recognising, signal);
    try {
      await turn.take();
      signal.throwIfAborted();
      const transcription = new Transcription({
        request: asked,
        path,
        backends: this.#backends,
        settings: this.#settings.transcription,
        signal,
        onFailure,
      });
      if (!asked.isStream) return await transcribed(transcription, asked);
      return await sendEvents(response, transcription, signal, onFailure);
    } finally {
      turn.end();
    }
  }
}

/** @throws {ApiError} with the text that was recognised before the failure */
async function transcribed(transcription: Transcription, request: TranscriptionRequest): Promise<Answer> {
  try {
    for await (const _ of transcription.run());
  } catch (error) {
    throw failed(error, transcription.text);
  }
  return await answerOf(transcription, request);
}
