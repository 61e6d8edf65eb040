import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseUntrustedJson } from '../protocol/messages/untrusted-json.ts';
import type { Sentence } from '../sentence.ts';
import { missingFrom } from '../subtitles/check-sentence.ts';
import { OUTPUT_FORMATS } from '../subtitles/formats.ts';

/** Formats that the page offers. */
export const DOWNLOAD_FORMATS = ['srt', 'vtt', 'txt'] as const;

const MEDIA_TYPES = {
  srt: 'application/x-subrip; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
} as const;

/** Largest transcript of a page: more than 24 hours of speech. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Largest line of it. A sentence has at most a minute of speech. */
const MAX_LINE_BYTES = 256 * 1024;

/** Says why a transcript is refused. */
class RefusedTranscript extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Answers with subtitles made of the sentences that a page has shown: the body of the request has one sentence a line. They
 * are converted one by one, and never in memory as a whole.
 */
export async function sendSubtitles(
  request: IncomingMessage,
  response: ServerResponse,
  format: (typeof DOWNLOAD_FORMATS)[number],
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.setHeader('content-type', MEDIA_TYPES[format]);
  try {
    // The response is not a part of the pipeline, which would destroy it before an error is written.
    await pipeline(Readable.from(sentencesIn(request)), OUTPUT_FORMATS[format]({}), async (subtitles) => {
      for await (const chunk of subtitles) {
        if (!response.write(chunk)) await once(response, 'drain', { signal: gone.signal });
      }
    });
    response.end();
  } catch (error) {
    if (response.headersSent || response.destroyed) return void response.destroy();
    const { status, message } =
      error instanceof RefusedTranscript ? error : { status: 500, message: 'The service failed.' };
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(`${message}\n`);
  }
}

async function* sentencesIn(request: IncomingMessage): AsyncGenerator<Sentence> {
  let bytes = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new RefusedTranscript(413, 'The transcript is too large.');
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, from)) {
      if (end > from) yield sentenceIn(data.subarray(from, end));
      from = end + 1;
    }
    rest = data.subarray(from);
    if (rest.length > MAX_LINE_BYTES) throw new RefusedTranscript(413, 'A sentence is too long.');
  }
  if (rest.length > 0) yield sentenceIn(rest);
}

function sentenceIn(line: Buffer): Sentence {
  let value: unknown;
  try {
    value = parseUntrustedJson(line.toString('utf8'));
  } catch {
    throw new RefusedTranscript(400, 'A line of the transcript is not valid JSON.');
  }
  const missing = missingFrom(value);
  if (missing !== undefined) throw new RefusedTranscript(400, `A sentence needs ${missing}.`);
  return value as Sentence;
}
