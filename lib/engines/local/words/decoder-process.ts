import { type ChildProcess, spawn } from 'node:child_process';
import * as nodeModule from 'node:module';
import { selectVariables } from '../../../core/system/environment.ts';
import { FunAsrError } from '../../../core/errors.ts';
import type { Decoder, DecoderRuntime } from './decoder.ts';
import { DECODER_PROGRAM } from './decoder-program.ts';
import type { OfflineRecognizerConfig, Sherpa } from '../sherpa.ts';

/** Asks the child process to load a model, and to decode samples with it when there are some. */
interface DecodeRequest {
  readonly id: number;
  readonly config: OfflineRecognizerConfig;
  readonly samples?: Float32Array | undefined;
}

/** Answers the {@link DecodeRequest} with the same id. */
interface DecodeReply {
  readonly id: number;
  readonly tokens?: readonly string[] | undefined;
  /** Why it failed. */
  readonly error?: string | undefined;
}

/** The variables that Node and the native libraries need to start. Keys stay out. */
const INHERITED = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR'];

interface Pending {
  /** Whether another process may succeed: it starts with the next request. A model that cannot be loaded stays so. */
  readonly isRetryable: boolean;
  readonly resolve: (tokens: readonly string[]) => void;
  readonly reject: (reason: FunAsrError) => void;
}

/**
 * Runs models in a child process. It starts with the first request and again after it has ended, keeps this process
 * alive only while a request is open, and ends itself when the channel to this process or worker closes. After
 * `worker.terminate()` it remains a zombie, which uses a process id and nothing else, until this process ends: Node waits
 * for a child only in the thread that started it.
 */
export class DecoderProcess implements DecoderRuntime {
  readonly #sherpaFile: string;
  #child: ChildProcess | undefined;
  #isClosed = false;
  #nextId = 0;
  readonly #pending = new Map<number, Pending>();

  constructor(sherpa: Sherpa) {
    this.#sherpaFile = fileOf(sherpa);
  }

  async load(config: OfflineRecognizerConfig): Promise<Decoder> {
    await this.#request(config);
    return { decode: (samples) => this.#request(config, samples) };
  }

  close(): void {
    this.#isClosed = true;
    this.#child?.kill('SIGKILL');
  }

  async #request(config: OfflineRecognizerConfig, samples?: Float32Array): Promise<readonly string[]> {
    if (this.#isClosed) throw failed('it was closed');
    const child = (this.#child ??= this.#start());
    const id = this.#nextId++;
    const request: DecodeRequest = { id, config, samples };
    return await new Promise((resolve, reject) => {
      this.#pending.set(id, { isRetryable: samples !== undefined, resolve, reject });
      this.#hold(child);
      // A request that cannot be sent fails with the end of the process, which follows.
      child.send(request, () => {});
    });
  }

  #start(): ChildProcess {
    const child = spawn(process.execPath, ['-e', DECODER_PROGRAM, this.#sherpaFile], {
      env: decoderEnvironment(process.env),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (reply) => this.#settle(child, reply as DecodeReply));
    child.once('error', (cause) => this.#end(child, cause.message, cause));
    child.once('exit', (code, signal) =>
      this.#end(child, `its process ended with ${signal ?? `code ${code}`}`),
    );
    return child;
  }

  #settle(child: ChildProcess, { id, tokens = [], error }: DecodeReply): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(tokens);
    else pending?.reject(failed(error));
    this.#hold(child);
  }

  #end(child: ChildProcess, reason: string, cause?: Error): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    for (const { reject, isRetryable } of this.#pending.values()) {
      reject(failed(reason, cause, isRetryable && !this.#isClosed));
    }
    this.#pending.clear();
  }

  /** Keeps the event loop running exactly while a request is open. */
  #hold(child: ChildProcess): void {
    if (this.#pending.size > 0) {
      child.ref();
      child.channel?.ref();
    } else {
      child.unref();
      child.channel?.unref();
    }
  }
}

/** The file of a CommonJS module that is loaded. Where Node found it depends on who imported it, such as a bundle. */
function fileOf(exported: unknown): string {
  const modules = Object.values(nodeModule.createRequire(process.execPath).cache);
  const file = modules.find((module) => module?.exports === exported)?.filename;
  if (file !== undefined) return file;
  throw new FunAsrError('E_ENGINE', 'The file of sherpa-onnx-node was not found', {
    hint: 'Open the local engine in the main thread.',
  });
}

/** What the child process gets of an environment. */
export function decoderEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...selectVariables(INHERITED, env), ELECTRON_RUN_AS_NODE: '1' };
}

function failed(reason: string, cause?: Error, retryable = false): FunAsrError {
  return new FunAsrError('E_ENGINE', `The local engine failed: ${reason}`, { cause, retryable });
}
