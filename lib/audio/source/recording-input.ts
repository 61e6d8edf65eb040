import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { FunAsrError } from '../../core/errors.ts';
import { urlRefused } from '../../core/options.ts';

/**
 * A web `ReadableStream` of bytes, such as the `body` of a `Response` or of a web `Request`. Declares only the methods
 * that are used, because the types of Node.js and of the DOM differ.
 */
export interface WebByteStream {
  getReader(): WebByteReader;
}

/** The reader of a {@link WebByteStream}. */
export interface WebByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<void>;
}

/** A web `Blob` or `File`. */
export interface WebBlob {
  readonly size: number;
  stream(): WebByteStream;
}

/** A recording: the path of a file, or its bytes as a Readable, a web `ReadableStream` or a `Blob`. */
export type RecordingInput = string | Readable | WebByteStream | WebBlob;

const INPUT_RULE = 'the input must be a path, a Readable, a web ReadableStream or a Blob';

/**
 * Checks an input and makes a path or a Readable of it.
 * @param owner Name of the function, for the message.
 * @throws {FunAsrError} `E_OPTION` if it is something else, or a stream that was read already or is read elsewhere.
 */
export function pathOrReadable(owner: string, input: RecordingInput): string | Readable {
  if (typeof input === 'string' && input !== '') return input;
  if (input instanceof Readable) {
    if (!input.destroyed && !input.readableEnded) return input;
    throw refused(owner, 'the input stream has ended already or was destroyed');
  }
  if (isWebStream(input)) return readableOf(owner, input);
  if (isBlob(input)) return readableOf(owner, input.stream());
  const given: unknown = input;
  if (given instanceof URL) throw urlRefused(owner, INPUT_RULE, given);
  throw refused(owner, `${INPUT_RULE}, got ${inspect(input, { depth: 0, breakLength: Infinity })}`);
}

function isWebStream(input: unknown): input is WebByteStream {
  return hasMethod(input, 'getReader');
}

function isBlob(input: unknown): input is WebBlob {
  return hasMethod(input, 'stream') && hasMethod(input, 'arrayBuffer');
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function';
}

/** Reads a web stream as a Readable. A failure of it is the failure of the Readable; destroying that cancels it. */
function readableOf(owner: string, stream: WebByteStream): Readable {
  const reader = lock(owner, stream);
  return new Readable({
    read() {
      reader.read().then(
        ({ done, value }) => {
          if (done) this.push(null);
          else if (value instanceof Uint8Array) this.push(value);
          else this.destroy(new TypeError(`its chunks must be bytes, got ${inspect(value, { depth: 0 })}`));
        },
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
    destroy(error, callback) {
      reader.cancel(error).then(
        () => callback(error),
        () => callback(error),
      );
    },
  });
}

function lock(owner: string, stream: WebByteStream): WebByteReader {
  try {
    return stream.getReader();
  } catch (cause) {
    throw refused(owner, 'the input stream is locked: it is read elsewhere', cause);
  }
}

function refused(owner: string, reason: string, cause?: unknown): FunAsrError {
  return new FunAsrError('E_OPTION', `${owner}: ${reason}`, { cause });
}
