import { FunAsrError } from '../core/errors.ts';
import { checkOptions, text } from '../core/options.ts';
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

/** One line of {@link listVocabularies}, with the service's own field names. */
export interface VocabularySummary {
  /** What recognition takes as `vocabularyId`. */
  readonly vocabulary_id: string;
  /** `OK` when it can be used. */
  readonly status: string;
  /** `2026-03-24 09:30:00`, in the service's time zone. */
  readonly gmt_create: string;
  readonly gmt_modified: string;
}

/** A hot-word list, with the service's own field names. */
export interface Vocabulary extends Omit<VocabularySummary, 'vocabulary_id'> {
  /** The only model that takes it; others ignore it without a word. */
  readonly target_model: string;
  readonly vocabulary: readonly HotWord[];
}

export interface CreateVocabularyOptions extends AccountOptions {
  /** 1 to 9 lower-case letters and digits: the id contains it. */
  readonly prefix: string;
  /** The list works with this model only. @default 'fun-asr-realtime' */
  readonly model?: string | undefined;
}

/**
 * Makes a hot-word list, and gives its id. It can be used once `vocabularyReady` resolves. An account has
 * few lists: reuse them, or delete them.
 * @throws {FunAsrError} `E_OPTION`, naming the hot word that the service would not take, before anything is sent.
 */
export async function createVocabulary(
  hotWords: readonly HotWord[],
  options: CreateVocabularyOptions,
): Promise<string> {
  checkOptions('createVocabulary', options, { ...ACCOUNT_RULES, prefix: vocabularyPrefixRule, model: text });
  const { prefix, model = DEFAULT_CLOUD_MODEL } = options;
  const broken = vocabularyPrefixRule(prefix);
  if (broken) throw new FunAsrError('E_OPTION', `createVocabulary: option prefix ${broken}`);
  const vocabulary = weighed('createVocabulary', hotWords, model);
  const input = { action: 'create_vocabulary', target_model: model, prefix, vocabulary };
  const { vocabulary_id }: { readonly vocabulary_id?: unknown } = await ask(input, options);
  if (typeof vocabulary_id !== 'string') throw unexpected('the id of a vocabulary');
  return vocabulary_id;
}

export interface ListVocabulariesOptions extends AccountOptions {
  /** Only lists that were made with this prefix. @default none: all */
  readonly prefix?: string | undefined;
}

/** All hot-word lists of an account, without their words. */
export async function listVocabularies(options: ListVocabulariesOptions = {}): Promise<VocabularySummary[]> {
  checkOptions('listVocabularies', options, { ...ACCOUNT_RULES, prefix: vocabularyPrefixRule });
  const { prefix } = options;
  const found: VocabularySummary[] = [];
  for (let page_index = 0; page_index < MAX_PAGES; page_index += 1) {
    const input = { action: 'list_vocabulary', prefix, page_index, page_size: PAGE_SIZE };
    const { vocabulary_list: page }: { readonly vocabulary_list?: unknown } = await ask(input, options);
    if (!Array.isArray(page)) throw unexpected('a list of vocabularies');
    found.push(...(page as VocabularySummary[]));
    if (page.length < PAGE_SIZE) break;
  }
  return found;
}

/** What the official Python SDK asks for. */
const PAGE_SIZE = 10;
/** An account has a few lists: whoever has no end of them is not the service. */
const MAX_PAGES = 1000;

/**
 * One hot-word list with its words.
 * @throws {FunAsrError} `E_PARAM` when there is no such list in this account and region.
 */
export async function queryVocabulary(id: string, options: AccountOptions = {}): Promise<Vocabulary> {
  checkOptions('queryVocabulary', options, ACCOUNT_RULES);
  const output = await ask({ action: 'query_vocabulary', vocabulary_id: id }, options);
  if (!isVocabulary(output)) throw unexpected('a vocabulary');
  return output;
}

/** Replaces all words of a list. It can be used again once `vocabularyReady` resolves. */
export async function updateVocabulary(
  id: string,
  hotWords: readonly HotWord[],
  options: AccountOptions = {},
): Promise<void> {
  checkOptions('updateVocabulary', options, ACCOUNT_RULES);
  const vocabulary = weighed('updateVocabulary', hotWords);
  await ask({ action: 'update_vocabulary', vocabulary_id: id, vocabulary }, options);
}

/**
 * Deletes a list. Recognition that names it fails from then on.
 * @throws {FunAsrError} `E_PARAM` when there is no such list in this account and region.
 */
export async function deleteVocabulary(id: string, options: AccountOptions = {}): Promise<void> {
  checkOptions('deleteVocabulary', options, ACCOUNT_RULES);
  await ask({ action: 'delete_vocabulary', vocabulary_id: id }, options);
}

/** What only reads or sets a whole list may be asked twice; of making one, two lists would come. */
const REPEATABLE = ['list_vocabulary', 'query_vocabulary', 'update_vocabulary'];

/** The `output` of an answer. */
async function ask(
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

function weighed(owner: string, hotWords: readonly HotWord[], model?: string): HotWord[] {
  const broken = checkHotWords(hotWords, model);
  if (broken) throw new FunAsrError('E_OPTION', `${owner}: ${broken}`);
  return hotWords.map((word) => ({ ...word, weight: word.weight ?? DEFAULT_HOT_WORD_WEIGHT }));
}

function unexpected(what: string): FunAsrError {
  return new FunAsrError('E_PROTOCOL', `the service answered without ${what}`);
}
