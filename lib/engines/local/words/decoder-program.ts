import { DEFAULT_SAMPLE_RATE } from '../../../media/pcm.ts';

/**
 * The program of the child process of `DecoderProcess`, as source of CommonJS: a bundle has no second file that Node
 * could start. Its argument is the file of sherpa-onnx-node. A test runs it, since the compiler does not check it.
 */
export const DECODER_PROGRAM: string = `
const { OfflineRecognizer } = require(process.argv[1]);
/** The models that are loaded or being loaded, by their configuration. */
const models = new Map();

async function decode({ config, samples }) {
  const key = JSON.stringify(config);
  if (!models.has(key)) models.set(key, OfflineRecognizer.createAsync(config));
  const model = await models.get(key);
  if (!samples) return [];
  const stream = model.createStream();
  stream.acceptWaveform({ samples, sampleRate: ${DEFAULT_SAMPLE_RATE} });
  return (await model.decodeAsync(stream)).tokens;
}

process.on('message', (request) => {
  decode(request).then(
    (tokens) => process.send({ id: request.id, tokens }),
    (error) => process.send({ id: request.id, error: String(error?.message ?? error) }),
  );
});
// The parent is gone. A normal exit would run the destructors of the add-on, which may still decode.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
`;
