/** A program that uses the types of the package. The last lines are errors that the compiler must report. */
export const TYPED = `
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { decode, FunAsrError, frame, recognize, type Sentence, sentenceEnd, srt, transcribe } from 'fun-asr-streams';
import { startTestService } from 'fun-asr-streams/testing';

await pipeline(
  createReadStream('talk.mp3'),
  decode(),
  frame(),
  recognize({ engine: 'local' }),
  sentenceEnd(),
  srt({ profile: 'bbc' }),
  createWriteStream('talk.srt'),
);
const recognizer = recognize({ model: 'fun-asr-realtime' });
recognizer.on('warning', ({ code }) => console.log(code));
for await (const sentence of recognizer) {
  const known: Sentence = sentence;
  console.log(known.text.length);
}
for await (const { end_time } of transcribe('talk.mp3', { signal: AbortSignal.timeout(1) })) {
  const ms: number = end_time;
  console.log(ms);
}
const code: string = new FunAsrError('E_OPTION', 'x').code;
const service = await startTestService({ faults: 'drop@1s' });
console.log(code, service.url);

// @ts-expect-error There is no such option.
recognize({ modell: 'x' });
// @ts-expect-error There is no such profile.
srt({ profile: 'none' });
`;

/** A program for the bundles: prints the sentences of a recording. */
export const BUNDLED = `
import { transcribe } from 'fun-asr-streams';
void (async () => {
  for await (const { text } of transcribe(process.argv[2], { engine: 'local' })) console.log(text);
})();
`;

/** The bundles of docs/bundling.md. */
export const BUNDLES = [
  { file: 'app.cjs', args: ['--format=cjs'] },
  {
    file: 'app-bundled.mjs',
    args: [
      '--format=esm',
      "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    ],
  },
];
