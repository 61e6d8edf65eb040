/** A file or a folder that a family of models needs. */
export interface Part {
  /** Matches its name, without the precision and the ending of an ONNX file. */
  readonly name: RegExp;
  /** Its name in messages. */
  readonly example: string;
  /** The files that must be in it, when it is a folder. */
  readonly contains?: readonly string[];
  /** Metadata without which sherpa-onnx ends the process. */
  readonly metadata?: readonly string[];
  /** Further ones by `model_type`. sherpa-onnx ends the process on other types, too. @default all types are alike */
  readonly metadataOfType?: Readonly<Record<string, readonly string[]>>;
}

/** What a streaming model decodes at a time, in frames of 10 ms: a number, or keys of the metadata of its first part. */
export interface StreamingStep {
  /** How many frames it needs to find a word. */
  readonly frames: string | number;
  /** By how many frames the next ones begin later. @default sherpa-onnx decides */
  readonly shift?: string;
}

/** A family of models of sherpa-onnx, as data. */
export interface Family {
  /** What its models do: recognise speech, or add punctuation to its text. @default 'speech' */
  readonly kind?: 'speech' | 'punctuation';
  /** Its key in `modelConfig` of sherpa-onnx. */
  readonly key: string;
  /** Its name in messages. */
  readonly title: string;
  /** By the key in the configuration. */
  readonly parts: Readonly<Record<string, Part>>;
  /** The table of tokens. @default none: the tokens are in a folder of the parts */
  readonly tokens?: Part;
  /** Tokens of which one must be in the table. */
  readonly anyToken?: readonly string[];
  /** Values of `model_type` in the metadata of the first part. */
  readonly modelTypes?: readonly string[];
  /** Metadata that only this family has. */
  readonly metadataKey?: string;
  /** Matches names of folders. */
  readonly folderName: RegExp;
  /** Whether no other family has such files: metadata and folder name are not needed. */
  readonly hasOwnFileNames: boolean;
  /** Further values of the configuration. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Key of the configuration that sets the language. */
  readonly languageKey?: string;
  /** Languages of all its models. @default those in the metadata or in the name of the folder */
  readonly languages?: readonly string[];
  /** Whether results contain the time of each token. */
  readonly hasTokenTimes: boolean;
  /** For streaming models. @default its models decode whole segments */
  readonly step?: StreamingStep;
  /** Whether its texts have punctuation. `by tokens`: if its table of tokens has marks. @default 'always' */
  readonly writesMarks?: 'always' | 'never' | 'by tokens';
  /** Matches names of folders with models that write no marks, although others of the family do. */
  readonly withoutMarks?: RegExp;
}
