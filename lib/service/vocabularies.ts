import { randomBytes } from 'node:crypto';
import { SERVICE_CODES, SERVICE_MESSAGES } from '../protocol/errors/service-codes.ts';
import { checkHotWords, type HotWord, vocabularyPrefixRule } from '../protocol/hot-words.ts';
import { badRequest, RequestError } from './request-error.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A hot-word list with the fields of the cloud service. The official Java SDK requires each of them. */
interface Vocabulary {
  readonly vocabulary_id: string;
  readonly target_model: string;
  readonly gmt_create: string;
  gmt_modified: string;
  vocabulary: readonly HotWord[];
  /** The cloud service takes some time to deploy a list. Here a list can be used at once. */
  readonly status: 'OK';
}

const MAX_VOCABULARIES = 1000;

/** The hot-word lists of a service, kept in memory. */
export class Vocabularies {
  readonly #byId = new Map<string, Vocabulary>();

  /** Whether there is a list with this id. */
  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /**
   * Handles the `input` of a request.
   * @returns The `output` of the answer.
   * @throws {RequestError} for an invalid request, and for an unknown list.
   */
  handle(input: Fields): object {
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
        throw badRequest(`there is no action ${JSON.stringify(input.action)}`);
    }
  }

  #create({ prefix, target_model, vocabulary }: Fields): object {
    const violation = vocabularyPrefixRule(prefix);
    if (violation) throw badRequest(`prefix ${violation}`);
    if (typeof target_model !== 'string' || target_model === '') {
      throw badRequest('target_model is missing');
    }
    if (this.#byId.size >= MAX_VOCABULARIES) {
      throw badRequest(`the limit of ${MAX_VOCABULARIES} vocabularies is reached`);
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
    if (typeof prefix !== 'string') throw badRequest('prefix must be a string');
    if (!Number.isInteger(page_index) || Number(page_index) < 0) {
      throw badRequest('page_index must be an integer of at least 0');
    }
    if (!Number.isInteger(page_size) || Number(page_size) < 1) {
      throw badRequest('page_size must be an integer of at least 1');
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
    if (!vocabulary) throw new RequestError(404, SERVICE_CODES.notFound, SERVICE_MESSAGES.notFound);
    return vocabulary;
  }
}

function readHotWords(list: unknown, model: string): readonly HotWord[] {
  const violation = checkHotWords(list, model);
  if (violation) throw badRequest(violation);
  return list as readonly HotWord[];
}

/** The current time as the cloud service writes times: `2026-03-24 09:30:00`, UTC. */
function now(): string {
  return new Date().toISOString().slice(0, 19).replace('T', ' ');
}
