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

/** The files of one speech model, named as in `modelConfig` of sherpa-onnx. Names are keys of {@link LocalModel.files}. */
export interface SpeechModelFiles {
  readonly moonshine: { readonly encoder: string; readonly mergedDecoder: string };
  readonly tokens: string;
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
