import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { spaceBetween } from '../core/text/join-text.ts';
import { warningsOf } from './answer.ts';
import { failed } from './api-error.ts';
import type { Transcription } from './transcription.ts';

/**
 * Answers with server-sent events: one `transcript.text.delta` for each sentence, then `transcript.text.done`. The answer
 * begins with the first sentence, so that a failure before it still has a status of its own.
 * @throws what failed before the first sentence
 */
export async function sendEvents(
  response: ServerResponse,
  transcription: Transcription,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<undefined> {
  const send = async (event: object): Promise<void> => {
    if (!response.headersSent) response.writeHead(200, EVENT_STREAM);
    // The recogniser waits for a client that reads slowly.
    if (!response.write(`data: ${JSON.stringify(event)}\n\n`)) await once(response, 'drain', { signal });
  };
  try {
    let last = '';
    for await (const sentence of transcription.run()) {
      const text = sentence.text.trim();
      if (text === '') continue;
      await send({ type: 'transcript.text.delta', delta: spaceBetween(last, text) + text });
      last = text;
    }
    await send({
      type: 'transcript.text.done',
      text: transcription.text,
      ...warningsOf(transcription),
    });
  } catch (error) {
    if (!response.headersSent) throw error;
    onFailure(error);
    if (!signal.aborted) await send(failed(error).body);
  }
  response.end();
}

const EVENT_STREAM = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // A proxy would otherwise keep the events until its buffer is full.
  'x-accel-buffering': 'no',
} as const;
