import { FunAsrError } from '../../core/errors.ts';
import { anyObject, boolean, checkOptions, oneOf, type Rule, type Rules, text } from '../../core/options.ts';
import type { Engine, EngineStream, EngineStreamOptions } from '../../service/engine.ts';
import { checkRuntimeAddress } from './runtime-address.ts';
import type { RuntimeMode, RuntimeSettings } from './runtime-messages.ts';
import { RuntimeStream } from './runtime-stream.ts';
import { RUNTIME_TIMERS, type RuntimeServer, type RuntimeTimers } from './session-connection.ts';

/** What the FunASR runtime server is asked for, beside its address. */
export interface FunAsrRuntimeSettings {
  /**
   * Words that the server prefers, with their weights, such as `{ 阿里巴巴: 20 }`. The server uses them if its model can.
   * @default none
   */
  readonly hotWords?: Readonly<Record<string, number>> | undefined;
  /** Whether numbers and dates are written in figures (inverse text normalization). @default true */
  readonly itn?: boolean | undefined;
  /**
   * Accepts any certificate of the server, such as the self-signed one that comes with FunASR. Unsafe: another computer in
   * the network can then take the place of the server, and receive all audio.
   * @default false
   */
  readonly trustAnyCertificate?: boolean | undefined;
}

/** Options of {@link openFunAsrRuntime}. */
export interface FunAsrRuntimeOptions extends FunAsrRuntimeSettings {
  /** Address of the server, such as `ws://127.0.0.1:10095`. `ws://` is allowed in private networks only. */
  readonly baseUrl: string;
  /**
   * `2pass` recognises while audio arrives, and corrects each sentence. `offline` recognises about a minute at a time.
   * @default '2pass'
   */
  readonly mode?: RuntimeMode | undefined;
}

const MODES: readonly RuntimeMode[] = ['2pass', 'offline'];

/** Languages of the models that the server can run. Which of them it runs is not known to a client. */
const LANGUAGES: readonly string[] = ['zh', 'yue', 'en', 'ja', 'ko'];

const hotWordsRule: Rule = (value) =>
  anyObject(value) === undefined && Object.values(value as object).every(Number.isInteger)
    ? undefined
    : 'must be an object of words with whole numbers as weights';

/** The rules of {@link FunAsrRuntimeSettings}. */
export const RUNTIME_RULES: Rules<FunAsrRuntimeSettings> = {
  hotWords: hotWordsRule,
  itn: boolean,
  trustAnyCertificate: boolean,
};

/** Names of {@link FunAsrRuntimeSettings}, in a fixed order. */
export const RUNTIME_SETTING_NAMES: readonly (keyof FunAsrRuntimeSettings)[] = [
  'hotWords',
  'itn',
  'trustAnyCertificate',
];

/** Names of the engine as a model, one for each mode. */
export const RUNTIME_MODELS: readonly string[] = MODES.map((mode) => `funasr-${mode}`);
export const DEFAULT_RUNTIME_MODEL = 'funasr-2pass' as const;

/**
 * Makes an engine of a FunASR runtime server: the WebSocket server of https://github.com/modelscope/FunASR, which is
 * sent no key. Nothing is connected before audio arrives. The protocol is that of its page "WebSocket/gRPC Communication
 * Protocol".
 * @throws {FunAsrError} `E_OPTION`
 */
export function openFunAsrRuntime(options: FunAsrRuntimeOptions): Engine {
  checkOptions('openFunAsrRuntime', options, { baseUrl: text, mode: oneOf(...MODES), ...RUNTIME_RULES });
  return new RuntimeEngine(options, RUNTIME_TIMERS);
}

/** See {@link openFunAsrRuntime}. */
export class RuntimeEngine implements Engine {
  readonly model: string;
  readonly languages: readonly string[] = LANGUAGES;
  readonly #server: RuntimeServer;
  readonly #settings: Omit<RuntimeSettings, 'language'>;
  readonly #streams = new Set<RuntimeStream>();
  #isClosed = false;

  constructor(options: FunAsrRuntimeOptions, timers: RuntimeTimers) {
    const { baseUrl, mode = '2pass', hotWords, itn = true, trustAnyCertificate = false } = options;
    this.model = `funasr-${mode}`;
    this.#settings = { mode, hotWords, itn };
    this.#server = {
      url: checkRuntimeAddress(baseUrl),
      trustAnyCertificate,
      timers,
      endMark: undefined,
      hasSessionTimes: false,
    };
  }

  open(options: EngineStreamOptions): EngineStream {
    if (this.#isClosed) throw closed();
    const settings = { ...this.#settings, language: options.language };
    const stream = new RuntimeStream(this.#server, settings, options, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return stream;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stream of this.#streams) stream.destroy(closed());
  }
}

function closed(): FunAsrError {
  return new FunAsrError('E_STATE', 'The engine of the FunASR runtime server was closed', {
    hint: 'Close an engine after the last recording, or open another one.',
  });
}
