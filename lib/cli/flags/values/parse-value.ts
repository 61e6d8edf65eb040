import { InvalidArgumentError } from 'commander';
import type { Rule } from '../../../core/options.ts';

/**
 * Makes a parser for the value of a flag: it converts the text and then checks the rule.
 * @throws {InvalidArgumentError} from the parser, when the value breaks the rule.
 */
export function parseValue<Value>(convert: (text: string) => Value, rule: Rule): (text: string) => Value {
  return (text) => {
    const value = convert(text);
    const broken = rule(value);
    if (broken) throw new InvalidArgumentError(`It ${broken}.`);
    return value;
  };
}

/** Splits a list such as `srt,jsonl`. */
export function splitList(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}
