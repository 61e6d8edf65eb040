import { type Command, Option } from 'commander';
import { LIMIT_NAMES, LIMITS, type Limits } from '../../recognition/limits.ts';
import {
  PARAMETER_NAMES,
  PARAMETERS,
  type Parameter,
  type RecognitionParameters,
} from '../../protocol/parameters.ts';
import { parsed, words } from './parse-value.ts';
import { refuseKey } from './api-key-flag.ts';

/** Adds one flag for every recognition parameter, named like the option in kebab-case. */
export function addRecognitionFlags(command: Command): void {
  command.optionsGroup('Recognition:');
  command.addOption(
    new Option('--language <code>', 'language of the speech: zh, en or ja').conflicts('languageHints'),
  );
  for (const [name, parameter] of Object.entries(PARAMETERS)) addFlag(command, kebabCase(name), parameter);
  command.optionsGroup('Waiting for the service:');
  for (const name of LIMIT_NAMES) {
    const { description, preset, unit, rule } = LIMITS[name];
    const option = new Option(`--${kebabCase(name)} <${unit}>`, `${description} (${preset})`);
    command.addOption(option.argParser(parsed(Number, rule)));
  }
  refuseKey(command);
}

/** What the flags of {@link addRecognitionFlags} give. */
export type RecognitionFlags = RecognitionParameters & Partial<Limits> & { readonly language?: string };

/** The flags as options of `recognize`. */
export function recognitionOptions(flags: RecognitionFlags): RecognitionParameters & Partial<Limits> {
  const options = Object.fromEntries([...PARAMETER_NAMES, ...LIMIT_NAMES].map((name) => [name, flags[name]]));
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
