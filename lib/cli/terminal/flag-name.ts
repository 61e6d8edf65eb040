/** Name of the flag for an option of the library: in kebab-case, without the unit. `maxDurationMs` → `--max-duration`. */
export function flagName(option: string): string {
  const words = option.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `--${words}`;
}

/** Options that messages name in another way: their flag has another name, or they have none. */
const OTHER_NAMES = new Map([
  ['apiKey', 'DASHSCOPE_API_KEY'],
  ['languageHints', '--language'],
  ['itn', '--no-itn'],
]);

/** How messages of the command line name an option of the library; `value` is appended as the value of the flag. */
export function flagInMessage(option: string, value?: string): string {
  const flag = OTHER_NAMES.get(option) ?? flagName(option);
  return value === undefined ? flag : `${flag} ${value}`;
}
