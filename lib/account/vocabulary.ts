import { FunAsrError } from '../core/errors.ts';
import { checkArgument, checkOptions, text } from '../core/options.ts';
import { VOCABULARY_MODEL, VOCABULARY_PATH } from '../protocol/addresses.ts';
import { DEFAULT_CLOUD_MODEL } from '../protocol/cloud-models.ts';
import { ACCOUNT_RULES, type AccountOptions, resolveAccount } from './account.ts';
import { call } from './call.ts';
import {
  checkHotWords,
  DEFAULT_HOT_WORD_WEIGHT,
  type HotWord,
  vocabularyPrefixRule,
} from '../protocol/hot-words.ts';

/** One item of {@link listVocabularies}. The field names are the service's. */
export interface VocabularySummary {
  /** The `vocabularyId` of a recognition. */
  readonly vocabulary_id: string;
  /** `OK` when it can be used. */
  readonly status: string;
  /** Time of creation, such as `2026-03-24 09:30:00`, in the service's time zone. */
  readonly gmt_create: string;
  /** Time of the last change. */
  readonly gmt_modified: string;
}

/** A hot-word list. The field names are the service's. */
export interface Vocabulary extends Omit<VocabularySummary, 'vocabulary_id'> {
  /** The only model that uses it. Other models ignore it without an error. */
  readonly target_model: string;
  readonly vocabulary: readonly HotWord[];
}

/** Options of {@link createVocabulary}. */
export interface CreateVocabularyOptions extends AccountOptions {
  /** 1 to 9 lower-case letters and digits. The id of the list contains it. */
  readonly prefix: string;
  /** The only model that uses the list. @default 'fun-asr-realtime' */
  readonly model?: string | undefined;
}

/**
 * Creates a hot-word list and returns its id. It can be used when `vocabularyReady` has resolved. The number of lists of
 * an account is small: reuse or delete them.
 * @throws {FunAsrError} `E_OPTION` with the hot word that the service does not accept, before anything is sent.
 */
export async function createVocabulary(
  hotWords: readonly HotWord[],
  options: CreateVocabularyOptions,
): Promise<string> {
  checkOptions('createVocabulary', options, { ...ACCOUNT_RULES, prefix: vocabularyPrefixRule, model: text });
  const { prefix, model = DEFAULT_CLOUD_MODEL } = options;
  const broken = vocabularyPrefixRule(prefix);
  if (broken) throw new FunAsrError('E_OPTION', `createVocabulary: option prefix ${broken}`);
  const vocabulary = withWeights('createVocabulary', hotWords, model);
  const input = { action: 'create_vocabulary', target_model: model, prefix, vocabulary };
  const { vocabulary_id }: { readonly vocabulary_id?: unknown } = await send(input, options);
  if (typeof vocabulary_id !== 'string') throw unexpected('vocabulary id');
  return vocabulary_id;
}

/** Options of {@link listVocabularies}. */
export interface ListVocabulariesOptions extends AccountOptions {
  /** Returns only lists with this prefix. @default all */
  readonly prefix?: string | undefined;
}

/** Returns all hot-word lists of an account, without their words. */
export async function listVocabularies(options: ListVocabulariesOptions = {}): Promise<VocabularySummary[]> {
  checkOptions('listVocabularies', options, { ...ACCOUNT_RULES, prefix: vocabularyPrefixRule });
  const { prefix } = options;
  const found: VocabularySummary[] = [];
  for (let page_index = 0; page_index < MAX_PAGES; page_index += 1) {
    const input = { action: 'list_vocabulary', prefix, page_index, page_size: PAGE_SIZE };
    const { vocabulary_list: page }: { readonly vocabulary_list?: unknown } = await send(input, options);
    if (!Array.isArray(page)) throw unexpected('list of vocabularies');
    found.push(...(page as VocabularySummary[]));
    if (page.length < PAGE_SIZE) break;
  }
  return found;
}

/** The page size of the official Python SDK. */
const PAGE_SIZE = 10;
/** An account has few lists: a server with more pages is not the service. */
const MAX_PAGES = 1000;

/**
 * Returns one hot-word list with its words.
 * @throws {FunAsrError} `E_PARAM` when the account has no such list in this region.
 */
export async function queryVocabulary(id: string, options: AccountOptions = {}): Promise<Vocabulary> {
  checkOptions('queryVocabulary', options, ACCOUNT_RULES);
  checkArgument('queryVocabulary', 'the id', id, text);
  const output = await send({ action: 'query_vocabulary', vocabulary_id: id }, options);
  if (!isVocabulary(output)) throw unexpected('vocabulary');
  return output;
}

/** Replaces all words of a list. It can be used again when `vocabularyReady` has resolved. */
export async function updateVocabulary(
  id: string,
  hotWords: readonly HotWord[],
  options: AccountOptions = {},
): Promise<void> {
  checkOptions('updateVocabulary', options, ACCOUNT_RULES);
  checkArgument('updateVocabulary', 'the id', id, text);
  const vocabulary = withWeights('updateVocabulary', hotWords);
  await send({ action: 'update_vocabulary', vocabulary_id: id, vocabulary }, options);
}

/**
 * Deletes a list. Recognition with its id fails afterwards.
 * @throws {FunAsrError} `E_PARAM` when the account has no such list in this region.
 */
export async function deleteVocabulary(id: string, options: AccountOptions = {}): Promise<void> {
  checkOptions('deleteVocabulary', options, ACCOUNT_RULES);
  checkArgument('deleteVocabulary', 'the id', id, text);
  await send({ action: 'delete_vocabulary', vocabulary_id: id }, options);
}

/** Requests that may be sent twice. Creating a list twice would give two lists. */
const REPEATABLE = ['list_vocabulary', 'query_vocabulary', 'update_vocabulary'];

/** Sends a request, and returns the `output` of the response. */
async function send(
  input: { readonly action: string } & Readonly<Record<string, unknown>>,
  options: AccountOptions,
): Promise<object> {
  const request = {
    path: VOCABULARY_PATH,
    body: { model: VOCABULARY_MODEL, input },
    isRepeatable: REPEATABLE.includes(input.action),
  };
  const { output } = (await call(resolveAccount(options), request, options)) as { readonly output?: unknown };
  return typeof output === 'object' && output !== null ? output : {};
}

function isVocabulary(output: object): output is Vocabulary {
  return 'vocabulary' in output && Array.isArray(output.vocabulary);
}

function withWeights(owner: string, hotWords: readonly HotWord[], model?: string): HotWord[] {
  const broken = checkHotWords(hotWords, model);
  if (broken) throw new FunAsrError('E_OPTION', `${owner}: ${broken}`);
  return hotWords.map((word) => ({ ...word, weight: word.weight ?? DEFAULT_HOT_WORD_WEIGHT }));
}

function unexpected(what: string): FunAsrError {
  return new FunAsrError('E_PROTOCOL', `the response of the service has no ${what}`);
}
