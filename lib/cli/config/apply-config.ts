import type { Command } from 'commander';
import { isAcceptedWhenFound } from './accepted-keys.ts';
import { CONFIG_NAME, type ConfigFile } from './config-file.ts';
import { refusal, unknownKey } from './config-errors.ts';
import { addOffFlag, type Setting, valueOf } from './config-value.ts';
import { flagOf, keysOf } from './flag-keys.ts';

/** Names that someone may give to the API key, in lower case and without `-` and `_`. */
const KEY_NAMES: readonly string[] = ['apikey', 'dashscopeapikey', 'key'];

/** Keys that exclude each other, as their flags do. */
const ALTERNATIVES: readonly (readonly string[])[] = [
  ['language', 'languageHints'],
  ['context', 'contextFile'],
];

/** What {@link applyConfig} needs about the program. */
export interface ConfigTarget {
  /** The command that is called. */
  readonly command: Command;
  /** Defines the flags of all commands: they are needed only for keys that the called command does not have. */
  readonly defineAll: () => Promise<void>;
  /** The arguments of this run. */
  readonly args: readonly string[];
}

/**
 * Sets the flags of a command to the values of a configuration file. Called before the arguments of the command are
 * parsed, so that its flags win. A key of the file is a flag in camelCase. An object is the section of a command; any
 * other value is for all commands that have the flag.
 * @throws {FunAsrError} `E_OPTION`, which names the file, the key and the reason.
 */
export async function applyConfig(file: ConfigFile, target: ConfigTarget): Promise<void> {
  const { command, args } = target;
  const settings = (await readSettings(file, target)).filter(({ key }) => !isExcluded(key, command, args));
  for (const { key, place } of settings) {
    const other = settings.find((setting) => setting.key === alternativeTo(key));
    if (other) throw refusal(file, place, `cannot be set beside ${other.place}`, 'Remove one of them.');
  }
  for (const setting of settings) {
    const value = valueOf(file, setting, command);
    if (value !== undefined) command.setOptionValueWithSource(setting.key, value, 'config');
    addOffFlag(command, setting.key);
  }
}

/** The settings for a command. Those of its section replace those for all commands. */
async function readSettings(file: ConfigFile, target: ConfigTarget): Promise<Setting[]> {
  const settings = new Map<string, Setting>();
  let section: Readonly<Record<string, unknown>> | undefined = file.content;
  let prefix = '';
  for (const [depth, group] of pathOf(target.command).entries()) {
    if (depth > 0) {
      const value: unknown = section[group.name()];
      if (!isSection(value)) break;
      section = value;
      prefix += `${group.name()}.`;
    }
    for (const [key, value] of Object.entries(section)) {
      const place = prefix + key;
      if (place === '$schema') continue;
      if (!isSection(value)) {
        await checkKey(file, { key, place, value }, group, target);
        if (flagOf(target.command, key)) settings.set(key, { key, place, value });
      } else if (!group.commands.some((command) => command.name() === key)) {
        throw unknownKey(
          file,
          place,
          key,
          group.commands.map((command) => command.name()),
        );
      }
    }
  }
  return [...settings.values()];
}

/** Refuses a key that no command below the group has, and a key that this file may not have. */
async function checkKey(
  file: ConfigFile,
  { key, place, value }: Setting,
  group: Command,
  target: ConfigTarget,
): Promise<void> {
  if (KEY_NAMES.includes(key.replaceAll(/[-_]/g, '').toLowerCase())) {
    throw refusal(
      file,
      place,
      'is refused: a key does not belong into a file, which is easily copied or published',
      'Set DASHSCOPE_API_KEY instead.',
    );
  }
  if (!flagOf(target.command, key)) {
    if (group.commands.some((command) => command.name() === key)) {
      throw refusal(
        file,
        place,
        'must be an object with the flags of this command',
        'Write { "flag": value }, or remove it.',
      );
    }
    if (group.commands.length > 0) await target.defineAll();
    const known = keysOf(group);
    if (!known.includes(key)) throw unknownKey(file, place, key, known);
  }
  if (file.isTrusted || isAcceptedWhenFound(key, value)) return;
  throw refusal(
    file,
    place,
    `is not read from a ${CONFIG_NAME} that was found in the current folder or above`,
    `Such a file may come from others. If it is yours, name it: --config ${file.path}`,
  );
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The commands from the program to a command. */
function pathOf(command: Command): Command[] {
  return command.parent ? [...pathOf(command.parent), command] : [command];
}

/** Whether a flag in the arguments of this run excludes a key of the file. */
function isExcluded(key: string, command: Command, args: readonly string[]): boolean {
  const flag = flagOf(command, alternativeTo(key) ?? '')?.long;
  return flag !== undefined && args.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
}

/** The key that cannot be used beside a key. */
function alternativeTo(key: string): string | undefined {
  return ALTERNATIVES.find((pair) => pair.includes(key))?.find((other) => other !== key);
}
