import { type Command, Option } from 'commander';
import {
  PARAMETER_NAMES,
  PARAMETERS,
  type Parameter,
  type RecognitionParameters,
} from '../../protocol/parameters.ts';
import { LIMIT_NAMES, LIMITS, type Limits } from '../../recognition/task/client-limits.ts';
import { flagName } from '../terminal/flag-name.ts';
import { rejectApiKeyFlag } from './api-key-flag.ts';
import type { RecognitionContext } from '../../protocol/context.ts';
import { readContextFile, readVocabularyFile } from './values/parameter-files.ts';
import { AUTO } from '../../core/text/language-code.ts';
import { parseLanguageOrAuto, parseLanguages } from './values/parse-language.ts';
import { parseValue } from './values/parse-value.ts';

/** Adds one flag for every recognition parameter and every limit, with the name of the option in kebab-case. */
export function addRecognitionFlags(command: Command): void {
  command.optionsGroup('Recognition:');
  command.addOption(
    new Option(
      '--language <code>',
      'language of the speech: zh, en or ja; local: also yue, ko, those of --model (default: auto)',
    )
      .argParser(parseLanguageOrAuto)
      .conflicts('languageHints'),
  );
  for (const [name, parameter] of Object.entries(PARAMETERS)) addParameterFlag(command, name, parameter);
  command.addOption(
    new Option('--context-file <file>', 'the context from a file: a text, or a JSON array of messages')
      .argParser(readContextFile)
      .conflicts('context'),
  );
  command.optionsGroup('Timeouts and retries:');
  for (const name of LIMIT_NAMES) {
    const { description, preset, unit, rule } = LIMITS[name];
    const option = new Option(`${flagName(name)} <${unit}>`, `${description} (default: ${preset})`);
    command.addOption(option.argParser(parseValue(Number, rule)));
  }
  rejectApiKeyFlag(command);
}

/** Values of the flags of {@link addRecognitionFlags}. The flags of limits have no unit in their names. */
export type RecognitionFlags = RecognitionParameters & {
  readonly [Name in keyof Limits as Name extends `${infer Plain}Ms` ? Plain : Name]?: number;
} & { readonly language?: string; readonly contextFile?: RecognitionContext };

/** Converts the flags to the options of `recognize`. */
export function recognitionOptions(flags: RecognitionFlags): RecognitionParameters & Partial<Limits> {
  const values = new Map<string, unknown>(Object.entries(flags));
  const parameters = PARAMETER_NAMES.map((name) => [name, values.get(name)]);
  const limits = LIMIT_NAMES.map((name) => [name, values.get(name.replace(/Ms$/, ''))]);
  const { language, contextFile } = flags;
  return {
    ...Object.fromEntries([...parameters, ...limits]),
    ...(language !== undefined && language !== AUTO && { languageHints: [language] }),
    ...(contextFile !== undefined && { context: contextFile }),
  };
}

function addParameterFlag(command: Command, name: string, { kind, rule, description }: Parameter): void {
  const flag = flagName(name);
  switch (kind) {
    case 'boolean':
      command.addOption(new Option(flag, description));
      command.addOption(new Option(flag.replace('--', '--no-')).hideHelp());
      break;
    case 'number':
      command.addOption(new Option(`${flag} <n>`, description).argParser(parseValue(Number, rule)));
      break;
    case 'languages':
      command.addOption(
        new Option(`${flag} <list>`, description).argParser(parseValue(parseLanguages, rule)),
      );
      break;
    case 'words':
      command.addOption(new Option(`${flag} <file>`, description).argParser(readVocabularyFile));
      break;
    case 'text':
      command.addOption(new Option(`${flag} <value>`, description).argParser(parseValue(String, rule)));
      break;
  }
}
