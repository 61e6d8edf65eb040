import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Deadline } from '../core/deadline.ts';
import { writeError } from '../core/system/write-error.ts';
import { ApiError, badRequest } from './api-error.ts';

/** Limits of an upload. */
export interface UploadLimits {
  readonly maxBytes: number;
  /** Longest time without data. */
  readonly idleMs: number;
  /** Longest time for the whole upload. */
  readonly totalMs: number;
}

/** A form that has arrived completely. */
export interface Upload {
  /** The values of each field, in the order in which they came. A name such as `include[]` is kept as it is. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** The name that the client gives the file. */
  readonly fileName: string;
}

const FORM_LIMITS = {
  fields: 64,
  fieldSize: 64 * 1024,
  files: 1,
  parts: 65,
  headerPairs: 32,
  headerSize: 8 * 1024,
} as const;
/** Room for the fields of the form beside the file, in the length that a request declares. */
const FORM_BYTES = FORM_LIMITS.fields * FORM_LIMITS.fieldSize;

/**
 * Receives a form with one file, and writes the file to a path as it arrives: fields may come after it.
 * @throws {ApiError} with the status of the answer; {FunAsrError} `E_DISK_FULL`, `E_WRITE`
 */
export async function receiveUpload(
  request: IncomingMessage,
  path: string,
  limits: UploadLimits,
): Promise<Upload> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limits.maxBytes + FORM_BYTES) throw tooLarge(limits.maxBytes);
  const receiver = new Receiver(formParser(request, limits.maxBytes), path, limits);
  return await receiver.receive(request);
}

class Receiver {
  readonly #parser: BusboyInstance;
  readonly #path: string;
  readonly #limits: UploadLimits;
  readonly #fields = new Map<string, string[]>();
  readonly #stopped = new AbortController();
  #fileName: string | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(parser: BusboyInstance, path: string, limits: UploadLimits) {
    this.#parser = parser;
    this.#path = path;
    this.#limits = limits;
  }

  async receive(request: IncomingMessage): Promise<Upload> {
    const { idleMs, totalMs } = this.#limits;
    const parser = this.#parser;
    try {
      await new Promise<void>((resolve, reject) => {
        const idle = new Deadline(() => reject(tooSlow(`no data arrived for ${idleMs / 1000} s`)));
        const total = new Deadline(() => reject(tooSlow(`it was not complete after ${totalMs / 1000} s`)));
        const onData = (): void => idle.start(idleMs);
        const onEnd = (): void => idle.clear();
        const onClose = (): void => {
          if (!request.readableEnded) reject(disconnected());
        };
        // The client may have gone before the listener is added.
        if (request.destroyed) return onClose();
        const settle = (): void => {
          idle.clear();
          total.clear();
          request.off('data', onData).off('end', onEnd).off('close', onClose).unpipe(parser);
        };
        idle.start(idleMs);
        total.start(totalMs);
        parser
          .on('field', (name, value, _nameCut, isCut) => {
            if (isCut) reject(badRequest(`The field ${name} is too long.`, name));
            else this.#addField(name, value);
          })
          .on('file', (name, stream, fileName) => this.#write(name, stream, fileName, reject))
          .on('filesLimit', () => reject(badRequest('The form has more than one file.', 'file')))
          .on('fieldsLimit', () => reject(badRequest('The form has too many fields.')))
          .on('partsLimit', () => reject(badRequest('The form has too many parts.')))
          .on('error', () => reject(badRequest('The form is damaged or incomplete.')))
          .once('finish', () => resolve());
        request.on('data', onData).on('end', onEnd).on('close', onClose).pipe(parser);
        this.#stopped.signal.addEventListener('abort', settle);
      });
      await this.#writing;
    } finally {
      // Ends the writing of the file when the form is refused.
      this.#stopped.abort();
      await this.#writing.catch(() => {});
    }
    if (this.#fileName === undefined) {
      throw badRequest('The form has no file: send the recording in the field file.', 'file');
    }
    return { fields: this.#fields, fileName: this.#fileName };
  }

  #addField(name: string, value: string): void {
    const values = this.#fields.get(name) ?? [];
    values.push(value);
    this.#fields.set(name, values);
  }

  #write(name: string, stream: BusboyFileStream, fileName: string, reject: (error: Error) => void): void {
    stream.once('limit', () => reject(tooLarge(this.#limits.maxBytes)));
    if (name !== 'file') {
      stream.on('error', () => {}).resume();
      return reject(badRequest(`The form has a file in the field ${name}: send it in the field file.`, name));
    }
    this.#fileName = fileName || 'the upload';
    const file = createWriteStream(this.#path, { flags: 'wx', mode: 0o600 });
    this.#writing = pipeline(stream, file, { signal: this.#stopped.signal });
    this.#writing.catch((error: unknown) => reject(writeError('the upload', error)));
  }
}

function formParser({ headers }: IncomingMessage, fileSize: number): BusboyInstance {
  const { 'content-type': type = '' } = headers;
  const hint = 'The body must be a form of the type multipart/form-data.';
  if (!/^multipart\/form-data\b/i.test(type)) throw badRequest(hint);
  try {
    return Busboy({ headers: { ...headers, 'content-type': type }, limits: { ...FORM_LIMITS, fileSize } });
  } catch {
    throw badRequest(`${hint} It lacks the boundary.`);
  }
}

function tooLarge(maxBytes: number): ApiError {
  const message = `The file is larger than ${maxBytes / 1_000_000} MB.`;
  return new ApiError(413, 'file_too_large', message, { param: 'file' });
}

function tooSlow(reason: string): ApiError {
  return new ApiError(408, 'upload_too_slow', `The upload was ended: ${reason}.`);
}

/** Nobody receives this answer. */
function disconnected(): ApiError {
  return new ApiError(499, 'client_closed_request', 'The client closed the connection.');
}
