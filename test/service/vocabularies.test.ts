import { describe, expect, it } from 'vitest';
import { Vocabularies } from '../../lib/service/vocabularies.ts';

const WORDS = [{ text: 'Fun-ASR', weight: 4 }];
const LIST = { action: 'create_vocabulary', target_model: 'm', prefix: 'demo', vocabulary: WORDS };

function create(vocabularies: Vocabularies, change: object = {}): string {
  const { vocabulary_id } = vocabularies.handle({ ...LIST, ...change }) as { vocabulary_id: string };
  return vocabulary_id;
}

describe('Vocabularies', () => {
  it('returns every field that the official SDKs read, none of them null', () => {
    const vocabularies = new Vocabularies();
    const vocabulary_id = create(vocabularies);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(vocabularies.handle({ action: 'query_vocabulary', vocabulary_id })).toEqual({
      target_model: 'm',
      vocabulary: WORDS,
      status: 'OK',
      gmt_create: time,
      gmt_modified: time,
    });
    expect(vocabularies.handle({ action: 'list_vocabulary' })).toEqual({
      vocabulary_list: [{ vocabulary_id, status: 'OK', gmt_create: time, gmt_modified: time }],
    });
  });

  it('keeps a list until it is deleted', () => {
    const vocabularies = new Vocabularies();
    const vocabulary_id = create(vocabularies);
    expect(vocabularies.has(vocabulary_id)).toBe(true);
    expect(vocabularies.handle({ action: 'delete_vocabulary', vocabulary_id })).toEqual({});
    expect(vocabularies.has(vocabulary_id)).toBe(false);
  });

  it('returns lists in pages of ten, or of the requested size', () => {
    const vocabularies = new Vocabularies();
    for (let index = 0; index < 12; index += 1) create(vocabularies);
    const count = (input: object) => {
      const { vocabulary_list } = vocabularies.handle({ action: 'list_vocabulary', ...input }) as {
        vocabulary_list: unknown[];
      };
      return vocabulary_list.length;
    };
    expect([count({}), count({ page_index: 1 }), count({ page_index: 2, page_size: 5 })]).toEqual([10, 2, 2]);
    expect([count({ prefix: 'demo' }), count({ prefix: 'dem' })]).toEqual([10, 0]);
  });

  it.each([
    [{ action: 'make_vocabulary' }, 400, 'there is no action "make_vocabulary"'],
    [{ ...LIST, prefix: 'De-mo' }, 400, 'prefix must be 1 to 9 lower-case letters and digits'],
    [{ ...LIST, target_model: undefined }, 400, 'target_model is missing'],
    [{ ...LIST, vocabulary: [{ text: 'a', weight: 9 }] }, 400, 'the hot word "a" must have a weight'],
    [{ action: 'query_vocabulary', vocabulary_id: 'vocab-demo-1' }, 404, 'Not found!'],
    [{ action: 'delete_vocabulary' }, 404, 'Not found!'],
    [{ action: 'list_vocabulary', page_index: -1 }, 400, 'page_index must be'],
    [{ action: 'list_vocabulary', page_size: 0 }, 400, 'page_size must be'],
  ])('refuses %j', (input, status, message) => {
    const error = expect.objectContaining({ status, message: expect.stringContaining(message) });
    expect(() => new Vocabularies().handle(input)).toThrow(error);
  });
});
