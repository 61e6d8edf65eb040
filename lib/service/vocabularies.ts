import { randomBytes } from 'node:crypto';
import { checkHotWords, type HotWord, vocabularyPrefixRule } from '../protocol/hot-words.ts';
import { invalidParameter, RequestError } from './request-error.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A hot-word list with the fields of the real service. The official Java SDK needs each of them. */
interface Vocabulary {
  readonly vocabulary_id: string;
  readonly target_model: string;
  readonly gmt_create: string;
  gmt_modified: string;
  vocabulary: readonly HotWord[];
  /** The real service takes a while to deploy a list; this one is ready at once. */
  readonly status: 'OK';
}

const MAX_VOCABULARIES = 1000;

/** The hot-word lists of a service, in memory. */
export class Vocabularies {
  readonly #byId = new Map<string, Vocabulary>();

  /** Whether there is a list with this id. */
  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /**
   * Does what the `input` of a request asks for, and gives the `output` of its answer.
   * @throws {RequestError}
   */
  act(input: Fields): object {
    switch (input.action) {
      case 'create_vocabulary':
        return this.#create(input);
      case 'list_vocabulary':
        return this.#list(input);
      case 'query_vocabulary': {
        const { vocabulary_id: _id, ...vocabulary } = this.#find(input);
        return vocabulary;
      }
      case 'update_vocabulary': {
        const vocabulary = this.#find(input);
        vocabulary.vocabulary = readHotWords(input.vocabulary, vocabulary.target_model);
        vocabulary.gmt_modified = now();
        return {};
      }
      case 'delete_vocabulary':
        this.#byId.delete(this.#find(input).vocabulary_id);
        return {};
      default:
        throw invalidParameter(`there is no action ${JSON.stringify(input.action)}`);
    }
  }

  #create({ prefix, target_model, vocabulary }: Fields): object {
    const broken = vocabularyPrefixRule(prefix);
    if (broken) throw invalidParameter(`prefix ${broken}`);
    if (typeof target_model !== 'string' || target_model === '') {
      throw invalidParameter('target_model is missing');
    }
    if (this.#byId.size >= MAX_VOCABULARIES) {
      throw invalidParameter(`there are ${MAX_VOCABULARIES} vocabularies already`);
    }
    const vocabulary_id = `vocab-${String(prefix)}-${randomBytes(12).toString('hex')}`;
    const time = now();
    this.#byId.set(vocabulary_id, {
      vocabulary_id,
      target_model,
      vocabulary: readHotWords(vocabulary, target_model),
      status: 'OK',
      gmt_create: time,
      gmt_modified: time,
    });
    return { vocabulary_id };
  }

  #list({ prefix = '', page_index = 0, page_size = 10 }: Fields): object {
    if (typeof prefix !== 'string') throw invalidParameter('prefix must be a text');
    if (!Number.isInteger(page_index) || Number(page_index) < 0) {
      throw invalidParameter('page_index must be an integer from 0 up');
    }
    if (!Number.isInteger(page_size) || Number(page_size) < 1) {
      throw invalidParameter('page_size must be an integer from 1 up');
    }
    const start = Number(page_index) * Number(page_size);
    const vocabulary_list = [...this.#byId.values()]
      .filter(({ vocabulary_id }) => vocabulary_id.startsWith(prefix ? `vocab-${prefix}-` : ''))
      .slice(start, start + Number(page_size))
      .map(({ vocabulary_id, gmt_create, gmt_modified, status }) => ({
        vocabulary_id,
        gmt_create,
        gmt_modified,
        status,
      }));
    return { vocabulary_list };
  }

  #find({ vocabulary_id }: Fields): Vocabulary {
    const vocabulary = this.#byId.get(String(vocabulary_id));
    if (!vocabulary) throw new RequestError(404, 'NotFound', 'Not found!');
    return vocabulary;
  }
}

function readHotWords(list: unknown, model: string): readonly HotWord[] {
  const broken = checkHotWords(list, model);
  if (broken) throw invalidParameter(broken);
  return list as readonly HotWord[];
}

/** `2026-03-24 09:30:00`, as the real service writes times. */
function now(): string {
  return new Date().toISOString().slice(0, 19).replace('T', ' ');
}
