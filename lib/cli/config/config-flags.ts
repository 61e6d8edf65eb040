import type { Command } from 'commander';
import { FunAsrError } from '../../core/errors.ts';
import { warningLine } from '../terminal/error-line.ts';
import { CONFIG_NAME, type ConfigFile, findConfigFile, readConfigFile } from './config-file.ts';

/** Commands that do not read a configuration file: a broken one must not disturb them. */
const WITHOUT_CONFIG: readonly string[] = ['help', 'completion'];

/** Flags that only show the help: it is what a broken file needs. */
const HELP_FLAGS: readonly string[] = ['-h', '--help'];

/** The configuration of a run. */
export interface UsedConfig {
  /** Names the configuration file in the error of a wrong option, whose value may come from it. */
  readonly explain: (error: unknown) => unknown;
}

/** Where {@link addConfigFlags} gets the arguments and all flags of the program. */
export interface ProgramParts {
  readonly args: readonly string[];
  /** Defines the flags of all commands. Otherwise only the called command has its flags. */
  readonly defineAll: () => Promise<void>;
}

/**
 * Adds `--config` and `--no-config` for all commands, and sets the flags of the called command to the values of the
 * configuration file before its arguments are parsed.
 */
export function addConfigFlags(program: Command, parts: ProgramParts): UsedConfig {
  let file: ConfigFile | undefined;
  program
    .option('--config <file>', `file with values for flags (default: ${CONFIG_NAME} in this folder or above)`)
    .option('--no-config', 'read no configuration file')
    .hook('preSubcommand', async (_program, command) => {
      // The flags of a group of commands, such as `queue`, are those of its commands.
      if (command.commands.length > 0) command.hook('preSubcommand', (_group, below) => apply(below));
      else await apply(command);
    })
    .hook('preAction', (_program, command) => {
      const { verbose } = command.opts<{ verbose?: boolean }>();
      if (verbose && file) process.stderr.write(`configuration: ${file.path}\n`);
    });

  const apply = async (command: Command): Promise<void> => {
    if (WITHOUT_CONFIG.includes(command.name()) || parts.args.some((arg) => HELP_FLAGS.includes(arg))) return;
    file = configFile(program.opts<{ config?: string | false }>().config);
    if (!file) return;
    const { applyConfig } = await import('./apply-config.ts');
    await applyConfig(file, { command, ...parts });
  };
  return { explain: (error) => (file ? explained(error, file) : error) };
}

function explained(error: unknown, { path }: ConfigFile): unknown {
  if (!(error instanceof FunAsrError) || error.code !== 'E_OPTION' || error.message.includes(path))
    return error;
  const { code, message, hint } = error;
  const note = `${path} sets flags, too.`;
  return new FunAsrError(code, message, { hint: hint ? `${hint} ${note}` : note, cause: error });
}

/** @param named The file that the user has named; false for none. */
function configFile(named: string | false | undefined): ConfigFile | undefined {
  if (named === false) return undefined;
  if (named !== undefined) return readConfigFile(named, true);
  const { file, foreign } = findConfigFile();
  for (const path of foreign) {
    const message = `${path} is not used: it belongs to another user`;
    const hint = `If it is right, name it: --config ${path}`;
    process.stderr.write(`${warningLine({ code: 'W_OPTION', message, hint })}\n`);
  }
  return file;
}
