// The program of the child process that `DecoderProcess` starts.
import { messageOf } from '../../errors.ts';
import { decodeWith } from './decoder.ts';
import type { DecodeReply, DecodeRequest } from './decoder-process.ts';
import { loadSherpa, type OfflineRecognizer } from './sherpa.ts';

const sherpa = loadSherpa();
/** The models that are loaded or being loaded, by their configuration. */
const models = new Map<string, Promise<OfflineRecognizer>>();

async function answer({ id, config, samples }: DecodeRequest): Promise<DecodeReply> {
  try {
    const key = JSON.stringify(config);
    const loading = models.get(key) ?? sherpa.OfflineRecognizer.createAsync(config);
    models.set(key, loading);
    const model = await loading;
    return { id, tokens: samples ? await decodeWith(model, samples) : [] };
  } catch (error) {
    return { id, error: messageOf(error) };
  }
}

process.on('message', (request) => {
  void answer(request as DecodeRequest).then((reply) => process.send?.(reply));
});
// The parent is gone. Exiting normally would run the add-on's destructors while it may still decode.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
