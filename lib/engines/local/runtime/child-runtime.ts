import { type ChildProcess, spawn } from 'node:child_process';
import { nodeEnvironment } from '../../../core/system/environment.ts';
import { FunAsrError } from '../../../core/errors.ts';
import { CHILD_PROGRAM } from './child-program.ts';
import type {
  Decoder,
  Punctuator,
  Runtime,
  SpeechDecoder,
  StreamingDecoder,
  VoiceDetector,
} from './runtime.ts';
import type { PunctuationConfig, RecognizerConfig } from '../../models/local-model.ts';
import type { OfflineResult, SpeechResult, VadConfig } from './sherpa.ts';
import { vadConfig } from './voice-activity.ts';

/** What the child process is asked to do. Each contains all that a new process needs to do it; only the speech before is lost. */
type Request =
  | { readonly method: 'load' | 'loadStreaming'; readonly config: RecognizerConfig }
  | { readonly method: 'loadPunctuation'; readonly config: PunctuationConfig }
  | { readonly method: 'punctuate'; readonly config: PunctuationConfig; readonly text: string }
  | { readonly method: 'decode'; readonly config: RecognizerConfig; readonly samples: Float32Array }
  | {
      readonly method: 'decodeSpeech';
      readonly speech: number;
      readonly config: RecognizerConfig;
      readonly samples: Float32Array;
    }
  | { readonly method: 'releaseSpeech'; readonly speech: number }
  | {
      readonly method: 'detect';
      readonly detector: number;
      readonly config: VadConfig;
      readonly samples: Float32Array;
    }
  | { readonly method: 'reset' | 'release'; readonly detector: number };

/** Answers the request with the same id. */
interface Reply {
  readonly id: number;
  readonly result?: unknown;
  /** Why it failed. */
  readonly error?: string | undefined;
}

/** Methods that fail again in another process. */
const LOADING: readonly Request['method'][] = ['load', 'loadStreaming', 'loadPunctuation'];

interface Pending {
  /** Whether another process may succeed: it starts with the next request. A model that cannot be loaded stays so. */
  readonly isRetryable: boolean;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: FunAsrError) => void;
}

/**
 * Runs the native library in a child process. It starts with the first request and again after it has ended, keeps this
 * process alive only while a request is open, and ends itself when the channel to this process or worker closes. After
 * `worker.terminate()` it remains a zombie, which uses a process id and nothing else, until this process ends: Node waits
 * for a child only in the thread that started it.
 */
export class ChildRuntime implements Runtime {
  readonly #sherpaFile: string;
  #child: ChildProcess | undefined;
  #isClosed = false;
  #nextId = 0;
  #detectors = 0;
  #speeches = 0;
  readonly #pending = new Map<number, Pending>();

  /** @param sherpaFile The main file of sherpa-onnx-node. */
  constructor(sherpaFile: string) {
    this.#sherpaFile = sherpaFile;
  }

  async loadModel(config: RecognizerConfig): Promise<Decoder> {
    await this.#request({ method: 'load', config });
    return {
      decode: async (samples) =>
        (await this.#request({ method: 'decode', config, samples })) as OfflineResult,
    };
  }

  async loadStreamingModel(config: RecognizerConfig): Promise<StreamingDecoder> {
    await this.#request({ method: 'loadStreaming', config });
    return { begin: () => this.#beginSpeech(config) };
  }

  async loadPunctuation(config: PunctuationConfig): Promise<Punctuator> {
    await this.#request({ method: 'loadPunctuation', config });
    return {
      addMarks: async (text) => (await this.#request({ method: 'punctuate', config, text })) as string,
    };
  }

  openDetector(model: string): VoiceDetector {
    const detector = this.#detectors++;
    const config = vadConfig(model);
    // A process that has ended has no detector to change.
    const change = (method: 'reset' | 'release'): void => {
      if (this.#child) this.#request({ method, detector }).catch(() => {});
    };
    return {
      detect: async (samples) =>
        (await this.#request({ method: 'detect', detector, config, samples })) as boolean[],
      reset: () => change('reset'),
      release: () => change('release'),
    };
  }

  #beginSpeech(config: RecognizerConfig): SpeechDecoder {
    const speech = this.#speeches++;
    /** The process that has the speech so far. */
    let child: ChildProcess | undefined;
    return {
      decode: async (samples) => {
        if (child && child !== this.#child) throw failed('its process ended', undefined, !this.#isClosed);
        const decoding = this.#request({ method: 'decodeSpeech', speech, config, samples });
        child = this.#child;
        return (await decoding) as SpeechResult;
      },
      release: () => {
        if (child && child === this.#child)
          this.#request({ method: 'releaseSpeech', speech }).catch(() => {});
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#child?.kill('SIGKILL');
  }

  async #request(request: Request): Promise<unknown> {
    if (this.#isClosed) throw failed('it was closed');
    const child = (this.#child ??= this.#start());
    const id = this.#nextId++;
    return await new Promise((resolve, reject) => {
      this.#pending.set(id, { isRetryable: !LOADING.includes(request.method), resolve, reject });
      this.#hold(child);
      // A request that cannot be sent fails with the end of the process, which follows.
      child.send({ id, ...request }, () => {});
    });
  }

  #start(): ChildProcess {
    const child = spawn(process.execPath, ['-e', CHILD_PROGRAM, this.#sherpaFile], {
      env: nodeEnvironment(),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (reply) => this.#settle(child, reply as Reply));
    child.once('error', (cause) => this.#end(child, cause.message, cause));
    child.once('exit', (code, signal) =>
      this.#end(child, `its process ended with ${signal ?? `code ${code}`}`),
    );
    return child;
  }

  #settle(child: ChildProcess, { id, result, error }: Reply): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(result);
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

function failed(reason: string, cause?: Error, retryable = false): FunAsrError {
  return new FunAsrError('E_ENGINE', `The local engine failed: ${reason}`, { cause, retryable });
}
