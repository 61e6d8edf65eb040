import { type Command, Option } from 'commander';
import { PARAMETERS, type Parameter, type RecognitionParameters } from '../recognition/parameters.ts';
import { TIMEOUTS, timeoutRule } from '../recognition/timeouts.ts';
import { parsed, words } from './arguments.ts';
import { refuseKey } from './refuse-key.ts';

/** Adds one flag for every recognition parameter, named like the option in kebab-case. */
export function addRecognitionFlags(command: Command): void {
  command.optionsGroup('Recognition:');
  command.addOption(
    new Option('--language <code>', 'language of the speech: zh, en or ja').conflicts('languageHints'),
  );
  for (const [name, parameter] of Object.entries(PARAMETERS)) addFlag(command, kebabCase(name), parameter);
  for (const [name, { description, preset }] of Object.entries(TIMEOUTS)) {
    const option = new Option(`--${kebabCase(name)} <ms>`, `${description} (${preset})`);
    command.addOption(option.argParser(parsed(Number, timeoutRule)));
  }
  refuseKey(command);
}

/** What the flags of {@link addRecognitionFlags} give. */
export type RecognitionFlags = RecognitionParameters & {
  readonly language?: string;
} & { readonly [Name in keyof typeof TIMEOUTS]?: number };

/** The flags as options of `recognize`. */
export function recognitionOptions(flags: RecognitionFlags): RecognitionParameters & {
  readonly [Name in keyof typeof TIMEOUTS]?: number;
} {
  const names = [...Object.keys(PARAMETERS), ...Object.keys(TIMEOUTS)] as (keyof typeof TIMEOUTS)[];
  const options = Object.fromEntries(names.map((name) => [name, flags[name]]));
  return { ...options, ...(flags.language !== undefined && { languageHints: [flags.language] }) };
}

function addFlag(command: Command, flag: string, { kind, rule, description }: Parameter): void {
  switch (kind) {
    case 'boolean':
      command.addOption(new Option(`--${flag}`, description));
      command.addOption(new Option(`--no-${flag}`).hideHelp());
      break;
    case 'number':
      command.addOption(new Option(`--${flag} <n>`, description).argParser(parsed(Number, rule)));
      break;
    case 'list':
      command.addOption(new Option(`--${flag} <list>`, description).argParser(parsed(words, rule)));
      break;
    case 'text':
      command.addOption(new Option(`--${flag} <value>`, description).argParser(parsed(String, rule)));
      break;
  }
}

function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
