/**
 * Formats an option for a message: its name, or with a value the name and the value. The library names options as they
 * are written in code: `maxDurationMs`, `engine: 'local'`.
 */
export type OptionFormat = (name: string, value?: string) => string;

let format: OptionFormat = (name, value) => (value === undefined ? name : `${name}: '${value}'`);

/** Sets how this process names options in messages. A program whose users write flags sets it once, when it starts. */
export function nameOptionsWith(newFormat: OptionFormat): void {
  format = newFormat;
}

/**
 * The name of an option in a message or hint. Call it when the error is created, not in a constant of a module: a
 * program sets the format after the modules are loaded.
 */
export function optionName(name: string, value?: string): string {
  return format(name, value);
}
