import { describe, expect, it } from 'vitest';
import {
  abortSignal,
  anyOf,
  boolean,
  callback,
  checkOptions,
  closest,
  integer,
  listOf,
  number,
  oneOf,
  pick,
  text,
} from '../../lib/core/options.ts';

describe('a rule', () => {
  it.each([
    [integer(1, 5, 'ms'), [1, 5], [0, 6, 1.5, '3', null, Number.NaN], 'must be an integer from 1 to 5 ms'],
    [number(-1, 1), [-1, 0.5, 1], [1.01, Number.NaN, '0'], 'must be a number from -1 to 1'],
    [oneOf('a', 'b'), ['a'], ['c', undefined], 'must be one of a, b'],
    [listOf(text), [[], ['x']], ['x', [3], ['']], /must be/],
    [boolean, [true, false], [0, 'true'], 'must be true or false'],
    [text, ['x'], ['', 3], 'must be a string that is not empty'],
    [callback, [() => {}], ['x'], 'must be a function'],
    [abortSignal, [new AbortController().signal], [{}], 'must be an AbortSignal'],
    [anyOf(boolean, text), [true, 'x'], [3], 'must be true or false, or must be a string that is not empty'],
  ])('accepts valid values and names the rule for invalid ones', (rule, valid, invalid, message) => {
    expect(valid.map((value) => rule(value))).toEqual(valid.map(() => undefined));
    for (const value of invalid) expect(rule(value)).toMatch(message);
  });
});

describe('checkOptions', () => {
  const rules = { frameMs: integer(1, 100, 'ms'), name: text };

  it('accepts valid options, and undefined', () => {
    expect(() => checkOptions('stage', { frameMs: 3, name: undefined }, rules)).not.toThrow();
  });

  it('names owner, option, rule, unit and value of an invalid option', () => {
    expect(() => checkOptions('stage', { frameMs: 300 }, rules)).toThrow(
      'stage: option frameMs must be an integer from 1 to 100 ms, got 300',
    );
  });

  it('does not show keys in its errors', () => {
    const refusal = (options: object | string): string => {
      try {
        checkOptions('stage', options as object, { ...rules, apiKey: text, token: text });
      } catch (error) {
        return String(error);
      }
      return 'accepted';
    };
    expect(refusal({ apiKey: ['canary'] })).toMatch(/option apiKey must be .*, got object$/);
    expect(refusal({ token: Buffer.from('canary') })).toMatch(/option token must be .*, got object$/);
    expect(refusal({ frameMs: 'sk-canary0123456789' })).toMatch(/got 'sk-…'$/);
    expect(refusal('sk-canary0123456789')).toMatch(/must be an object, got 'sk-…'$/);
  });

  it('refuses an unknown option, and suggests a similar name or lists all names', () => {
    const hint = (options: object) => {
      try {
        checkOptions('stage', options, rules);
      } catch (error) {
        return (error as { hint?: string }).hint;
      }
      return 'accepted';
    };
    expect(hint({ frame_ms: 3 })).toBe('Did you mean frameMs?');
    expect(hint({ naem: 'x' })).toBe('Did you mean name?');
    expect(hint({ somethingElse: 1 })).toBe('It takes frameMs, name.');
    expect(hint({ toString: 1 })).toBe('It takes frameMs, name.');
  });

  it('pick selects the options of another function', () => {
    expect(pick({ frameMs: 3, name: 'x', more: true }, { name: text })).toEqual({ name: 'x' });
  });
});

describe('closest', () => {
  it('ignores case, dashes and underscores, and returns undefined when no name is similar', () => {
    const names = ['maxSentenceSilence', 'model'];
    expect(closest('max_sentence_silence', names)).toBe('maxSentenceSilence');
    expect(closest('Max-Sentence-Silense', names)).toBe('maxSentenceSilence');
    expect(closest('modle', names)).toBe('model');
    expect(closest('speed', names)).toBeUndefined();
    expect(closest('formats', ['outputFormat', 'outputDir'])).toBe('outputFormat');
    expect(closest('width', ['maxLineWidth', 'width2Width'])).toBeUndefined();
  });
});
