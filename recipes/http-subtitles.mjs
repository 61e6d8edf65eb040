// An HTTP server that returns subtitles for any recording, while it is still being uploaded:
//   node recipes/http-subtitles.mjs 8080
//   curl --data-binary @talk.mp3 http://127.0.0.1:8080/ > talk.srt
// It answers 415 with the reason when the upload is not audio: the status is chosen when the first audio is decoded.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { chooseBackend, decode, frame, recognize, srt } from 'fun-asr-streams';

// The cloud when DASHSCOPE_API_KEY is set, else the local engine. Its model is loaded once, for all uploads. A
// model that is missing, or an invalid address, ends the program here and not at the first upload.
const backend = await chooseBackend();

/** HTTP status for each code of an error of `decode()` that the upload causes. Any other is a failure of the server. */
const STATUS = { E_BAD_MEDIA: 415, E_PLAYLIST_REFUSED: 415, E_DURATION_LIMIT: 413, E_READ: 400 };

async function answer(request, response) {
  // Ends FFmpeg and the recognition when the client disconnects.
  const connection = new AbortController();
  response.once('close', () => connection.abort());
  const { signal } = connection;
  try {
    // Everything that can fail at once is made before the status is sent.
    const stages = [frame(), recognize({ engine: backend }), srt()];
    // Not pipeline(): when it fails it destroys the request, and with it the connection that the answer needs.
    const pcm = request.pipe(decode({ maxDurationMs: 3_600_000, signal }));
    // Resolves when there is audio; rejects with the error of the decoder when there is none.
    await once(pcm, 'readable');
    response.writeHead(200, { 'content-type': 'application/x-subrip; charset=utf-8' });
    await pipeline(pcm, ...stages, response, { signal });
  } catch (error) {
    console.error(`${error.code ?? error.name}: ${error.message}`);
    if (response.headersSent || signal.aborted) {
      // Too late for a status: a broken connection shows the client that the subtitles are incomplete.
      response.destroy();
      return;
    }
    response.writeHead(STATUS[error.code] ?? 500, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`${error.message}\n`);
    // Reads and drops the rest of the upload: many clients read the answer only after they have sent all of it.
    request.resume();
  }
}

const server = createServer((request, response) => void answer(request, response));

server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
