import { InvalidArgumentError } from 'commander';
import type { Rule } from '../../core/options.ts';

/** Turns the text of a flag into a value, and refuses it when it breaks its rule. */
export function parsed<Value>(convert: (text: string) => Value, rule: Rule): (text: string) => Value {
  return (text) => {
    const value = convert(text);
    const broken = rule(value);
    if (broken) throw new InvalidArgumentError(`It ${broken}.`);
    return value;
  };
}

/** The words of a list such as `srt,jsonl`. */
export function words(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}
