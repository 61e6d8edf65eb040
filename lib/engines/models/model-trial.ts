import { spawn } from 'node:child_process';
import { nodeEnvironment } from '../../core/system/environment.ts';
import { DEFAULT_SAMPLE_RATE } from '../../media/pcm.ts';
import type { PunctuationConfig, RecognizerConfig } from './local-model.ts';

/** Loading a gigabyte from a slow disk takes a minute. */
const DEADLINE_MS = 180_000;
/** The last lines of stderr that are part of the reason. */
const REASON_LINES = 3;

/** Source of CommonJS, as a bundle has no second file. Its arguments are the file of sherpa-onnx-node and the configuration. */
const PROGRAM = `
const { OfflineRecognizer, OnlineRecognizer, OfflinePunctuation } = require(process.argv[1]);
const { speech, streaming, punctuation } = JSON.parse(process.argv[2]);
const samples = Float32Array.from({ length: ${DEFAULT_SAMPLE_RATE} }, (_, n) => 0.01 * Math.sin(n / 5));

async function run() {
  if (speech) {
    const recognizer = await OfflineRecognizer.createAsync(speech);
    const stream = recognizer.createStream();
    stream.acceptWaveform({ samples, sampleRate: ${DEFAULT_SAMPLE_RATE} });
    await recognizer.decodeAsync(stream);
  } else if (streaming) {
    const recognizer = new OnlineRecognizer(streaming);
    const stream = recognizer.createStream();
    // A step may need more than one second.
    for (let n = 0; n < 4; n += 1) stream.acceptWaveform({ samples, sampleRate: ${DEFAULT_SAMPLE_RATE} });
    while (recognizer.isReady(stream)) recognizer.decode(stream);
    recognizer.getResult(stream);
  } else {
    new OfflinePunctuation(punctuation).addPunct('你好 hello');
  }
  // sherpa-onnx ends the process with any code, so the exit code does not prove success.
  process.send('done', () => process.exit(0));
}

run().catch((error) => {
  console.error(String(error?.message ?? error));
  process.exit(1);
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
`;

/** What is tried: the configuration of a model of one kind. */
export type Trial =
  | { readonly speech: RecognizerConfig }
  | { readonly streaming: RecognizerConfig }
  | { readonly punctuation: PunctuationConfig };

/** Options of {@link tryModel}. */
export interface TrialOptions {
  /** The main file of sherpa-onnx-node. */
  readonly sherpaFile: string;
  readonly signal?: AbortSignal | undefined;
  /** @default 180,000 */
  readonly deadlineMs?: number | undefined;
}

/**
 * Loads a model and uses it, in a child process: a speech model decodes one second of a quiet tone, a streaming model four, a punctuation model adds
 * marks to two words. sherpa-onnx ends the process on some configurations that do not fit.
 * @returns Why it failed; undefined when it works.
 * @throws the reason of the signal
 */
export async function tryModel(
  trial: Trial,
  { sherpaFile, signal, deadlineMs = DEADLINE_MS }: TrialOptions,
): Promise<string | undefined> {
  signal?.throwIfAborted();
  const child = spawn(process.execPath, ['-e', PROGRAM, sherpaFile, JSON.stringify(trial)], {
    env: nodeEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
    windowsHide: true,
  });
  let isDone = false;
  let stderr = '';
  child.once('message', () => (isDone = true));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-8192)));
  const stop = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const end = await new Promise<string>((resolve) => {
      child.once('error', ({ message }) => resolve(message));
      child.once('close', (code, by) =>
        resolve(by ? `its process was killed by ${by}` : `its process ended with code ${code}`),
      );
    });
    signal?.throwIfAborted();
    if (isDone) return undefined;
    return child.killed
      ? `it did not load within ${deadlineMs / 1000} s`
      : [reasonIn(stderr), end].filter(Boolean).join('; ');
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** The last messages of sherpa-onnx, without its source file and line. */
function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.replace(/^\S+\.(?:cc|h|cpp):\S+\s*/, '').trim());
  return lines.filter(Boolean).slice(-REASON_LINES).join(' ');
}
