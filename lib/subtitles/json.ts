import { jsonLine } from '../core/json-line.ts';
import { checkOptions, oneOf, type Rules } from '../core/options.ts';
import { STAGE_RULES, type StageOptions } from '../core/stage.ts';
import { dashscopeDocument } from './json/dashscope-document.ts';
import { deepgramDocument } from './json/deepgram-document.ts';
import type { JsonDocument } from './json/json-document.ts';
import { openaiDocument, whisperDocument } from './json/whisper-document.ts';
import { finals } from './sentence-end.ts';
import { type SubtitleStream, writer } from './writer.ts';

/** Shape of a JSON document: our own, or that of another program whose readers are to be used. */
export type JsonShape = 'native' | 'whisper' | 'openai' | 'deepgram' | 'dashscope';

/** Options of {@link json}. */
export interface JsonOptions extends StageOptions {
  /** @default 'native' */
  readonly shape?: JsonShape | undefined;
}

const DOCUMENTS: Readonly<Record<JsonShape, () => JsonDocument>> = {
  native: nativeDocument,
  whisper: whisperDocument,
  openai: openaiDocument,
  deepgram: deepgramDocument,
  dashscope: dashscopeDocument,
};

/** The names of all shapes. */
export const JSON_SHAPES = Object.keys(DOCUMENTS) as readonly JsonShape[];

const JSON_RULES: Rules<JsonOptions> = { ...STAGE_RULES, shape: oneOf(...JSON_SHAPES) };

/**
 * `Sentence` objects → one JSON document: an array of the final sentences, with all their fields, or the document of
 * another program. Each sentence is written when it arrives, so the document is valid only when the stream has ended.
 * @throws {FunAsrError} `E_OPTION`.
 */
export function json(options: JsonOptions = {}): SubtitleStream {
  checkOptions('json', options, JSON_RULES);
  const document = DOCUMENTS[options.shape ?? 'native']();
  return writer(
    'json',
    finals,
    {
      head: document.head,
      item: (sentence, index) => document.sentence(sentence, index),
      tail: () => document.end(),
    },
    options,
  );
}

function nativeDocument(): JsonDocument {
  return {
    head: '[',
    sentence: (sentence, index) => `${index > 0 ? ',' : ''}\n${jsonLine(sentence)}`,
    end: () => '\n]\n',
  };
}
