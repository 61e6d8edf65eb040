import { inspect } from 'node:util';
import { type ErrorCode, FunAsrError } from '../core/errors.ts';
import type { EndpointOptions } from '../protocol/endpoint.ts';
import { PARAMETER_NAMES, type ParameterName, type RecognitionParameters } from '../protocol/parameters.ts';
import type { StartLimiter } from '../protocol/service-limits.ts';
import { optionName } from '../core/option-names.ts';

/**
 * Who recognises: Fun-ASR or any service that speaks its protocol (`cloud`), an engine in this process (`local`), or a
 * FunASR runtime server (`funasr`).
 */
export type BackendName = 'cloud' | 'local' | 'funasr';

/** Who recognises, ready to be connected to. Made by `chooseBackend`. */
export interface Backend {
  /** Distinguishes a backend from an engine: the same option takes both. */
  readonly kind: 'backend';
  readonly name: BackendName;
  /** The model that recognises, for reports. */
  readonly model: string;
  /** Why this one, in a few words. */
  readonly reason: string;
  /** The options with which `recognize` and `transcribe` reach it. */
  readonly client: EndpointOptions & { readonly model: string };
  /** The parameters that it uses. */
  readonly parameters: readonly ParameterName[];
  /** ISO 639 codes that it recognises; empty when they are not known. @default those of the model of `client` */
  readonly languages?: readonly string[] | undefined;
  /** Whether its service reports speech that it did not recognise. @default false */
  readonly reportsUnrecognized?: boolean | undefined;
  /** Says what to do about speech that it did not recognise. @default the hint of the client */
  readonly unrecognizedHint?: ((known: UnrecognizedContext) => string) | undefined;
  /** Replaces the failure of a task by what is known about it in this process. @default nothing is known */
  readonly explainFailure?: ((failure: FunAsrError) => FunAsrError) | undefined;
  /** Limits how fast tasks are started. @default the limiter of this process */
  readonly limiter?: StartLimiter | undefined;
  /**
   * Called when the first audio of a recording is decoded, before it is sent. Resolves with false when nothing is to be
   * sent. @default it is sent at once
   */
  readonly turn?: (() => Promise<boolean>) | undefined;
  /** Closes a local backend, unless others in this process use it. Recordings that are still recognised fail. */
  close(): Promise<void>;
}

/** What is known about a recording when a part of its speech was not recognised. */
export interface UnrecognizedContext {
  /** Whether the caller named the language. */
  readonly hasLanguage: boolean;
  /** Whether other speech of the recording was recognised. */
  readonly hasText: boolean;
}

/** Options of a recognition, changed for a backend. */
export interface FittedOptions<Options> {
  /** With those that reach the backend, and without the parameters that it does not use. */
  readonly options: Options & Backend['client'];
  /** `W_OPTION` for each parameter that was left out. */
  readonly warnings: readonly FunAsrError[];
  /** What the stage must know about the backend. */
  readonly parts: {
    readonly reportsUnrecognized: boolean | undefined;
    readonly languages: Backend['languages'];
    readonly explainFailure: Backend['explainFailure'];
    readonly limiter: Backend['limiter'];
    readonly recognizedBy: { readonly engine: BackendName; readonly model: string };
    /** Adds to a warning what is known about the backend. @param hasText Whether any speech was recognised. */
    readonly explainWarning: (warning: FunAsrError, hasText: boolean) => FunAsrError;
  };
}

/** What {@link fitToBackend} must know about a backend. */
export type BackendFacts = Pick<
  Backend,
  | 'client'
  | 'parameters'
  | 'languages'
  | 'reportsUnrecognized'
  | 'unrecognizedHint'
  | 'explainFailure'
  | 'limiter'
> &
  Partial<Pick<Backend, 'name' | 'model'>>;

/** How messages name a backend. */
export const THEM: Readonly<Record<BackendName, string>> = {
  cloud: 'the cloud',
  local: 'the local engine',
  funasr: 'the FunASR runtime server',
};

/** Warnings that a backend can explain: it knows its languages. */
const ABOUT_LANGUAGE: readonly ErrorCode[] = ['W_UNRECOGNIZED', 'W_DOUBTFUL'];

/** Changes the options of a recognition for a backend. */
export function fitToBackend<Options extends RecognitionParameters>(
  {
    name: backend = 'local',
    client,
    model = client.model,
    parameters,
    languages,
    reportsUnrecognized,
    unrecognizedHint,
    explainFailure,
    limiter,
  }: BackendFacts,
  options: Options,
): FittedOptions<Options> {
  const unused = PARAMETER_NAMES.filter((name) => options[name] !== undefined && !parameters.includes(name));
  const hasLanguage = options.languageHints?.[0] !== undefined;
  const removed = Object.fromEntries(unused.map((name) => [name, undefined]));
  return {
    options: { ...options, ...removed, ...client },
    warnings: unused.map(
      (name) =>
        new FunAsrError('W_OPTION', `option ${optionName(name)} has no effect on ${THEM[backend]}`, {
          hint: 'Leave it out.',
        }),
    ),
    parts: {
      reportsUnrecognized,
      languages,
      explainFailure,
      limiter,
      recognizedBy: { engine: backend, model },
      explainWarning: (warning, hasText) => {
        if (!ABOUT_LANGUAGE.includes(warning.code) || unrecognizedHint === undefined) return warning;
        const { code, message, span, requestId, cause } = warning;
        return new FunAsrError(code, message, {
          span,
          requestId,
          cause,
          // Other speech was recognised, but that may be invented as well.
          hint: unrecognizedHint({ hasLanguage, hasText: hasText && code === 'W_UNRECOGNIZED' }),
        });
      },
    },
  };
}

/** Keeps the key out of what `console.log` and `JSON.stringify` show. */
export function withHiddenKey<Client extends EndpointOptions>(client: Client): Client {
  const shown = () => ({ ...client, ...(typeof client.apiKey === 'string' && { apiKey: '[redacted]' }) });
  return Object.defineProperties(
    { ...client },
    { [inspect.custom]: { value: shown }, toJSON: { value: shown } },
  );
}
