import { checkOptions, type Rules } from './core/options.ts';
import { type BackendFacts, fitToBackend } from './engines/backend.ts';
import {
  BACKEND_RULES,
  type BackendOptions,
  backendNameFor,
  checkRuntimeSettings,
  localBackendOptions,
} from './engines/choose-backend.ts';
import { type EngineOption, isBackend } from './engines/engine-option.ts';
import { describeLocalBackend, LocalEndpoint } from './engines/local-backend.ts';
import { isLocalModel } from './engines/models/choose-model.ts';
import { ENDPOINT_RULES } from './protocol/endpoint.ts';
import type { RecognizeStream } from './recognition/events/recognize-events.ts';
import {
  RECOGNIZE_STREAM_RULES,
  recognizeStream,
  type RecognizeStreamOptions,
} from './recognition/recognize-stream.ts';

/** Options of {@link recognize}: who recognises, and the parameters of recognition. */
export interface RecognizeOptions
  extends RecognizeStreamOptions,
    Pick<BackendOptions, 'onPull' | 'hotWords' | 'itn' | 'trustAnyCertificate'> {
  /**
   * `cloud` is Fun-ASR, or the service at `baseUrl`. `local` is the local engine: its model is loaded when the first
   * audio arrives, shared by all streams of this process, and freed when the last of them ends. `auto` uses the cloud
   * when a key or a base URL is set, else the local engine. `funasr` is the FunASR runtime server at `baseUrl`. An engine of `openLocalEngine`, or a backend of
   * `chooseBackend`, is not closed at the end.
   * @default `cloud` when a model of the cloud, `apiKey`, `baseUrl`, `region` or `workspaceId` is given, else `auto`
   */
  readonly engine?: BackendOptions['engine'];
}

const RECOGNIZE_RULES: Rules<RecognizeOptions> = {
  ...RECOGNIZE_STREAM_RULES,
  engine: BACKEND_RULES.engine,
  onPull: BACKEND_RULES.onPull,
  hotWords: BACKEND_RULES.hotWords,
  itn: BACKEND_RULES.itn,
  trustAnyCertificate: BACKEND_RULES.trustAnyCertificate,
};

/**
 * Speech recognition by Fun-ASR, by any service that speaks its protocol, or by an engine in this process: audio in,
 * `Sentence` objects out, partial and final. The connection is opened when the first audio arrives, so a stream without
 * audio costs nothing. The stage ends when all audio was recognised. A slow service slows the source.
 *
 * When the connection is lost, or the service fails, throttles or stops answering, the recognition continues in a new
 * task after the last final sentence: no sentence is lost or repeated, and times continue. Audio in which tasks fail,
 * while other audio is recognised, becomes a gap; an outage never causes a gap.
 *
 * Events beside those of a stream: `open` with the task's id when the first task has started; `reconnect` with a {@link
 * Reconnect} before another; `gap` with a {@link Gap} for audio that was given up; `warning` with a `FunAsrError` for a
 * loss that is not a failure and for an option without effect; `metrics` with a {@link RecognitionMetrics} at the end.
 * Fails with a `FunAsrError`; its `requestId` is for the support of the service.
 *
 * @throws {FunAsrError} `E_OPTION`, `E_LANGUAGE` or `E_NO_KEY`, at once and before anything is sent.
 */
export function recognize(options: RecognizeOptions = {}): RecognizeStream {
  checkOptions('recognize', options, RECOGNIZE_RULES);
  const {
    engine = defaultEngine(options),
    onPull: _onPull,
    hotWords: _hotWords,
    itn: _itn,
    trustAnyCertificate: _trustAnyCertificate,
    ...others
  } = options;
  if (isBackend(engine)) return streamOf(engine, others);
  checkRuntimeSettings('recognize', { ...options, engine });
  // As documented, partial results come from every service; the reader of the stream chooses.
  const backendOptions = { ...options, engine, partials: true };
  if (backendNameFor(backendOptions) === 'cloud') return recognizeStream('recognize', others);
  const local = localBackendOptions(backendOptions);
  const endpoint = new LocalEndpoint(local);
  // The address of a FunASR runtime server is that of the engine, not of the service that the client connects to.
  const stream = streamOf(describeLocalBackend(local), { ...others, baseUrl: undefined }, endpoint);
  stream.once('close', () => void endpoint.release());
  return stream;
}

/** A caller who names a model, a key or a place of the cloud means the cloud, and must not get another recogniser. */
function defaultEngine(options: RecognizeOptions): EngineOption {
  const isCloudNamed = [...Object.keys(ENDPOINT_RULES), 'model'].some(
    (name) => options[name as keyof RecognizeOptions] !== undefined,
  );
  return isCloudNamed && !isLocalModel(options.model) ? 'cloud' : 'auto';
}

function streamOf(
  backend: BackendFacts,
  options: RecognizeStreamOptions,
  endpoint?: LocalEndpoint,
): RecognizeStream {
  const fitted = fitToBackend(backend, options);
  const stream = recognizeStream('recognize', fitted.options, { ...fitted.parts, endpoint });
  process.nextTick(() => fitted.warnings.forEach((warning) => stream.emit('warning', warning)));
  return stream;
}
