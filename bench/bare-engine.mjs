// The baseline of engine-cost.mjs: a minimal loop of voice detector and recogniser, one segment after another, with the
// same model on one thread. engine-cost.mjs runs it as a process and includes the time to load the model.
//
//   node bench/bare-engine.mjs <file of 16 kHz mono s16le>...
//
// Prints the number of recognised words.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { listModels } from '../dist/engines/models/model-store.js';

const { OfflineRecognizer, Vad } = createRequire(import.meta.url)('sherpa-onnx-node');
const WINDOW = 512;
const RATE = 16_000;

const [{ folder }] = await listModels();
const recognizer = new OfflineRecognizer({
  featConfig: { sampleRate: RATE, featureDim: 80 },
  modelConfig: {
    moonshine: { encoder: join(folder, 'encoder.onnx'), mergedDecoder: join(folder, 'decoder.onnx') },
    tokens: join(folder, 'tokens.txt'),
    numThreads: 1,
    provider: 'cpu',
  },
});
let words = 0;
for (const path of process.argv.slice(2)) recognise(readFileSync(path));
console.log(`${words} words`);

function recognise(pcm) {
  const vad = newVad();
  const samples = Float32Array.from(
    new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length >> 1),
    (s) => s / 32_768,
  );
  for (let at = 0; at + WINDOW <= samples.length; at += WINDOW) {
    vad.acceptWaveform(samples.subarray(at, at + WINDOW));
    drain(vad);
  }
  vad.flush();
  drain(vad);
}

function drain(vad) {
  while (!vad.isEmpty()) {
    const stream = recognizer.createStream();
    stream.acceptWaveform({ samples: Float32Array.from(vad.front().samples), sampleRate: RATE });
    vad.pop();
    recognizer.decode(stream);
    words += recognizer.getResult(stream).text.split(' ').length;
  }
}

function newVad() {
  const sileroVad = {
    model: join(folder, 'voice.onnx'),
    threshold: 0.5,
    minSilenceDuration: 0.4,
    minSpeechDuration: 0.1,
    maxSpeechDuration: 15,
    windowSize: WINDOW,
  };
  return new Vad({ sileroVad, sampleRate: RATE, numThreads: 1, provider: 'cpu' }, 60);
}
