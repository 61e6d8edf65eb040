import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';
import { detectSpeech, VAD_BUFFER_SECONDS, WINDOW } from './voice-activity.ts';

/**
 * The program of the child process of `ChildRuntime`, as source of CommonJS: a bundle has no second file that Node could
 * start. Its argument is the main file of sherpa-onnx-node. A test runs it, since the compiler does not check it.
 */
export const CHILD_PROGRAM: string = `
const detectSpeech = ${detectSpeech.toString()};
/** The models that are loaded or being loaded, by their configuration. */
const models = new Map();
/** The streaming models, by their configuration. */
const streamingModels = new Map();
/** The streams of pieces of speech, by their number. */
const speeches = new Map();
/** The punctuation models, by their configuration. */
const punctuations = new Map();
/** The voice detectors, by their number. */
const detectors = new Map();

const methods = {
  async load({ config }) {
    await modelOf(config);
  },
  async decode({ config, samples }) {
    const model = await modelOf(config);
    const stream = model.createStream();
    stream.acceptWaveform({ samples, sampleRate: ${DEFAULT_SAMPLE_RATE} });
    return await model.decodeAsync(stream);
  },
  async loadStreaming({ config }) {
    streamingModelOf(config);
  },
  async decodeSpeech({ speech, config, samples }) {
    const model = streamingModelOf(config);
    if (!speeches.has(speech)) speeches.set(speech, model.createStream());
    const stream = speeches.get(speech);
    stream.acceptWaveform({ samples, sampleRate: ${DEFAULT_SAMPLE_RATE} });
    while (model.isReady(stream)) {
      model.decode(stream);
      // Each step blocks the thread. Other requests are answered between them.
      await new Promise(setImmediate);
    }
    const { text, tokens, timestamps } = model.getResult(stream);
    return { text, tokens, timestamps };
  },
  async releaseSpeech({ speech }) {
    speeches.delete(speech);
  },
  async loadPunctuation({ config }) {
    punctuationOf(config);
  },
  async punctuate({ config, text }) {
    return punctuationOf(config).addPunct(text);
  },
  async detect({ detector, config, samples }) {
    if (!detectors.has(detector)) {
      const { Vad } = sherpa();
      detectors.set(detector, { vad: new Vad(config, ${VAD_BUFFER_SECONDS}), run: 0 });
    }
    return detectSpeech(detectors.get(detector), samples, ${WINDOW});
  },
  async reset({ detector }) {
    const found = detectors.get(detector);
    found?.vad.reset();
    if (found) found.run = 0;
  },
  async release({ detector }) {
    detectors.delete(detector);
  },
};

function modelOf(config) {
  const key = JSON.stringify(config);
  if (!models.has(key)) models.set(key, sherpa().OfflineRecognizer.createAsync(config));
  return models.get(key);
}

function streamingModelOf(config) {
  const key = JSON.stringify(config);
  if (!streamingModels.has(key)) streamingModels.set(key, new (sherpa().OnlineRecognizer)(config));
  return streamingModels.get(key);
}

function punctuationOf(config) {
  const key = JSON.stringify(config);
  if (!punctuations.has(key)) punctuations.set(key, new (sherpa().OfflinePunctuation)(config));
  return punctuations.get(key);
}

function sherpa() {
  return require(process.argv[1]);
}

process.on('message', ({ id, method, ...parameters }) => {
  methods[method](parameters).then(
    (result) => answer({ id, result }),
    (error) => answer({ id, error: String(error?.message ?? error) }),
  );
});
// A parent that is gone needs no answer.
const answer = (reply) => process.send(reply, () => {});
// A terminal sends Ctrl-C to this process too. The parent decides when it ends.
process.on('SIGINT', () => {});
// The parent is gone. A normal exit would run the destructors of the add-on, which may still decode.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
`;
