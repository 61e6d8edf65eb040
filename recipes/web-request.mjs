// A handler of a web `Request`, as frameworks on Node have it: the body is a recording, the `Response` its subtitles, which
// arrive while the recording is recognised. Run as a program it answers one request:
//   node recipes/web-request.mjs talk.mp3 > talk.srt
import { openAsBlob } from 'node:fs';
import { Readable } from 'node:stream';
import { chooseBackend, srt, transcribe } from 'fun-asr-streams';

// The cloud when DASHSCOPE_API_KEY is set, else the local engine. It is opened once, for all requests.
const backend = await chooseBackend();

export async function POST(request) {
  const sentences = transcribe(request.body, { engine: backend, signal: request.signal });
  const iterator = sentences[Symbol.asyncIterator]();
  try {
    // The status is chosen with the first sentence: until then, a body that is not audio gets another status.
    const first = await iterator.next();
    const all = Readable.from(first.done ? [] : rest(first.value, iterator));
    // A failure after the first sentence breaks the answer.
    const subtitles = srt();
    all.once('error', (error) => subtitles.destroy(error)).pipe(subtitles);
    const headers = { 'content-type': 'application/x-subrip; charset=utf-8' };
    return new Response(Readable.toWeb(subtitles), { headers });
  } catch (error) {
    const status = error.code === 'E_BAD_MEDIA' ? 415 : 500;
    return new Response(`${error.message}\n`, { status });
  }
}

async function* rest(first, iterator) {
  yield first;
  yield* { [Symbol.asyncIterator]: () => iterator };
}

const [path] = process.argv.slice(2);
const body = (await openAsBlob(path)).stream();
const response = await POST(new Request('http://localhost/', { method: 'POST', body, duplex: 'half' }));
for await (const chunk of response.body) process.stdout.write(chunk);
if (!response.ok) process.exitCode = 1;
await backend.close();
