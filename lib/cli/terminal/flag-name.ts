/** Name of the flag for an option of the library: in kebab-case, without the unit. `maxDurationMs` → `--max-duration`. */
export function flagName(option: string): string {
  const words = option.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `--${words}`;
}
