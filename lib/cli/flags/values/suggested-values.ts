import type { Option } from 'commander';

const VALUES = new WeakMap<Option, readonly string[]>();

/** Sets values of a flag that shells offer, for a flag that also accepts others, or a list of them. */
export function suggestValues(option: Option, values: readonly string[]): Option {
  VALUES.set(option, values);
  return option;
}

/** The values of a flag that shells offer: its choices, or those of {@link suggestValues}. */
export function suggestedValues(option: Option): readonly string[] {
  return option.argChoices ?? VALUES.get(option) ?? [];
}
