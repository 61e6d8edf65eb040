import { readLanguageOrAuto } from '../core/text/language-code.ts';
import { badRequest } from './api-error.ts';
import type { Upload } from './receive-upload.ts';

/** Format of an answer. */
export type ResponseFormat = 'json' | 'text' | 'srt' | 'vtt' | 'verbose_json';

const RESPONSE_FORMATS: readonly string[] = [
  'json',
  'text',
  'srt',
  'vtt',
  'verbose_json',
] satisfies ResponseFormat[];
const GRANULARITIES: readonly string[] = ['word', 'segment'];

/** What a client asks for, checked. */
export interface TranscriptionRequest {
  readonly fileName: string;
  /** Any name: one that is not known means the default model. */
  readonly model: string | undefined;
  /** ISO 639 code. */
  readonly language: string | undefined;
  readonly prompt: string | undefined;
  readonly format: ResponseFormat;
  readonly hasWords: boolean;
  readonly hasSegments: boolean;
  readonly isStream: boolean;
}

/**
 * Reads the fields of a form. Fields that have no meaning here, such as `temperature`, are ignored.
 * @throws {ApiError} 400
 */
export function readRequest({ fields, fileName }: Upload): TranscriptionRequest {
  const one = (name: string): string | undefined => fields.get(name)?.at(-1)?.trim() || undefined;
  const format = one('response_format') ?? 'json';
  if (!isFormat(format)) {
    throw badRequest(`response_format must be one of ${RESPONSE_FORMATS.join(', ')}.`, 'response_format');
  }
  const granularities = readGranularities(fields);
  if (granularities.length > 0 && format !== 'verbose_json') {
    throw badRequest(
      'timestamp_granularities needs the response_format verbose_json.',
      'timestamp_granularities',
    );
  }
  const isStream = readBoolean('stream', one('stream'));
  if (isStream && format !== 'json' && format !== 'text') {
    throw badRequest('stream needs the response_format json or text.', 'stream');
  }
  return {
    fileName,
    model: one('model'),
    language: readLanguage(one('language')),
    prompt: one('prompt'),
    format,
    hasWords: granularities.includes('word'),
    hasSegments: granularities.length === 0 || granularities.includes('segment'),
    isStream,
  };
}

function isFormat(format: string): format is ResponseFormat {
  return RESPONSE_FORMATS.includes(format);
}

function readGranularities(fields: Upload['fields']): readonly string[] {
  const name = 'timestamp_granularities';
  const values = [`${name}[]`, name].flatMap((key) => fields.get(key) ?? []).filter(Boolean);
  if (values.every((value) => GRANULARITIES.includes(value))) return values;
  throw badRequest('timestamp_granularities must be word, segment, or both.', name);
}

function readBoolean(name: string, value = 'false'): boolean {
  if (/^(?:true|1)$/i.test(value)) return true;
  if (/^(?:false|0)$/i.test(value)) return false;
  throw badRequest(`${name} must be true or false.`, name);
}

/** The engines know languages without region: `en-US` is `en`. */
function readLanguage(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const read = readLanguageOrAuto(value);
  if ('reason' in read) throw badRequest(`language is invalid. ${read.reason}`, 'language');
  return read.code;
}
