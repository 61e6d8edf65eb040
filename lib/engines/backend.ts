import { inspect } from 'node:util';
import { FunAsrError } from '../core/errors.ts';
import type { EndpointOptions } from '../protocol/endpoint.ts';
import { PARAMETER_NAMES, type ParameterName, type RecognitionParameters } from '../protocol/parameters.ts';
import { optionName } from '../core/option-names.ts';

/** Who recognises: Fun-ASR or any service that speaks its protocol (`cloud`), or an engine in this process (`local`). */
export type BackendName = 'cloud' | 'local';

/** Who recognises, ready to be connected to. */
export interface Backend {
  readonly engine: BackendName;
  /** The model that recognises, for reports. */
  readonly model: string;
  /** Why this one, in a few words. */
  readonly reason: string;
  /** The options with which `recognize` and `transcribe` reach it. */
  readonly client: EndpointOptions & { readonly model: string };
  /** The parameters that it uses. */
  readonly parameters: readonly ParameterName[];
  /** Whether its service reports speech that it did not recognise. @default false */
  readonly reportsUnrecognized?: boolean | undefined;
  /** What to do about speech that it did not recognise. */
  readonly unrecognizedHint?: string | undefined;
  /** Closes a local backend, unless others in this process use it. Recordings that are still recognised fail. */
  close(): Promise<void>;
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
    /** Adds to a warning what is known about the backend. */
    readonly explain: (warning: FunAsrError) => FunAsrError;
  };
}

/** What {@link fitToBackend} must know about a backend. */
export type BackendFacts = Pick<
  Backend,
  'client' | 'parameters' | 'reportsUnrecognized' | 'unrecognizedHint'
>;

/** Changes the options of a recognition for a backend. */
export function fitToBackend<Options extends RecognitionParameters>(
  { client, parameters, reportsUnrecognized, unrecognizedHint }: BackendFacts,
  options: Options,
): FittedOptions<Options> {
  const unused = PARAMETER_NAMES.filter((name) => options[name] !== undefined && !parameters.includes(name));
  const removed = Object.fromEntries(unused.map((name) => [name, undefined]));
  return {
    options: { ...options, ...removed, ...client },
    warnings: unused.map(
      (name) =>
        new FunAsrError('W_OPTION', `option ${optionName(name)} has no effect on the local engine`, {
          hint: 'Leave it out.',
        }),
    ),
    parts: {
      reportsUnrecognized,
      explain: (warning) => {
        if (warning.code !== 'W_UNRECOGNIZED' || unrecognizedHint === undefined) return warning;
        const { code, message, span, requestId, cause } = warning;
        return new FunAsrError(code, message, { span, requestId, cause, hint: unrecognizedHint });
      },
    },
  };
}

/** Whether a value is a {@link Backend}. */
export function isBackend(value: unknown): value is Backend {
  return isObjectWith(value, 'client', 'parameters', 'close');
}

/** Whether a value is an object that has these fields. */
export function isObjectWith(value: unknown, ...names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}

/** Keeps the key out of what `console.log` and `JSON.stringify` show. */
export function withHiddenKey<Client extends EndpointOptions>(client: Client): Client {
  const shown = () => ({ ...client, ...(typeof client.apiKey === 'string' && { apiKey: '[redacted]' }) });
  return Object.defineProperties(
    { ...client },
    { [inspect.custom]: { value: shown }, toJSON: { value: shown } },
  );
}
