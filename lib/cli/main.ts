#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { asFunAsrError } from '../core/errors.ts';
import { nameOptionsWith } from '../core/option-names.ts';
import { addConfigFlags, type ProgramParts } from './config/config-flags.ts';
import { exitCodeOf, USAGE } from './run/exit-code.ts';
import { errorLine } from './terminal/error-line.ts';
import { flagInMessage } from './terminal/flag-name.ts';
import { addHelpText, HELP_LAYOUT } from './terminal/help.ts';
import { watchStdout } from './terminal/stdout-errors.ts';
import { version } from './version.ts';

/** A command. Its module is loaded only when the command is called, so that the program starts fast. */
interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<{ define: (command: Command, program: ProgramParts) => void }>;
}

/** All commands, in the order of the help. A new command is a file in commands/ and a line here. */
const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  transcribe: {
    summary: 'create subtitles and transcripts from recordings',
    load: () => import('./commands/transcribe.ts'),
  },
  watch: {
    summary: 'transcribe the recordings that arrive in a folder',
    load: () => import('./commands/watch.ts'),
  },
  queue: {
    summary: 'transcribe folders of recordings on many machines',
    load: () => import('./commands/queue.ts'),
  },
  live: {
    summary: 'transcribe the microphone in real time',
    load: () => import('./commands/live.ts'),
  },
  subtitles: {
    summary: 'convert existing transcripts to subtitles and other formats',
    load: () => import('./commands/subtitles.ts'),
  },
  lint: {
    summary: 'check subtitle files against a profile, and repair them',
    load: () => import('./commands/lint.ts'),
  },
  convert: {
    summary: 'convert recordings to PCM, WAV, MP3, AAC or Opus',
    load: () => import('./commands/convert.ts'),
  },
  serve: {
    summary: 'start a local service that is compatible with Fun-ASR',
    load: () => import('./commands/serve.ts'),
  },
  mcp: {
    summary: 'serve programs that use the Model Context Protocol',
    load: () => import('./commands/mcp.ts'),
  },
  probe: {
    summary: 'show the format and duration of recordings',
    load: () => import('./commands/probe.ts'),
  },
  models: {
    summary: 'list the cloud models with languages and prices',
    load: () => import('./commands/models.ts'),
  },
  vocabulary: {
    summary: 'manage the hot-word lists of the account',
    load: () => import('./commands/vocabulary.ts'),
  },
  token: {
    summary: 'create a temporary API key',
    load: () => import('./commands/token.ts'),
  },
  engine: {
    summary: 'download, list or remove models of the local engine',
    load: () => import('./commands/engine.ts'),
  },
  completion: {
    summary: 'print the completion script of a shell',
    load: () => import('./commands/completion.ts'),
  },
  doctor: {
    summary: 'check the installation and show how to fix it',
    load: () => import('./commands/doctor.ts'),
  },
};

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('fun-asr')
    .description('Create subtitles and transcripts from any audio, with Fun-ASR in the cloud or locally.')
    .version(version, '--version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp(HELP_LAYOUT)
    .showHelpAfterError('Try --help.')
    .exitOverride();
  addHelpText(program, {
    examples: [
      ['fun-asr transcribe talk.mp3', 'writes talk.srt and talk.jsonl'],
      ['fun-asr transcribe talks/ -o out', 'a folder and its sub-folders'],
      ['fun-asr live', 'the microphone; Ctrl-C stops'],
      ['fun-asr doctor', 'checks the installation'],
    ],
    notes: [
      'Without DASHSCOPE_API_KEY all recognition runs on this machine, with a model for the language. For the flags of a command, ' +
        'run: fun-asr <command> --help',
    ],
  });
  for (const [name, { summary }] of Object.entries(COMMANDS)) {
    program
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`);
  }
  const defined = new Set<Command>();
  const define = async (command: Command): Promise<void> => {
    const entry = COMMANDS[command.name()];
    if (!entry || defined.has(command)) return;
    defined.add(command);
    (await entry.load()).define(command, parts);
  };
  const parts: ProgramParts = {
    args: argv,
    defineAll: async () => {
      for (const command of program.commands) await define(command);
    },
  };
  const config = addConfigFlags(program, parts);
  const name = calledCommand(argv);
  const called = program.commands.find((command) => command.name() === name);
  if (called) await define(called);
  // For an unknown command, commander's `help` prints no error. Parsed without `help`, it does.
  const isUnknownTopic = argv[0] === 'help' && argv.length > 1 && !called;
  try {
    await program.parseAsync(isUnknownTopic ? argv.slice(1) : argv, { from: 'user' });
  } catch (error) {
    throw config.explain(error);
  }
}

/** The name of the called command. It is the first word after the flags of the program; `help <command>` names it in the second. */
function calledCommand(argv: readonly string[]): string | undefined {
  const start = argv.findIndex((arg, index) => !arg.startsWith('-') && argv[index - 1] !== '--config');
  return argv[start] === 'help' ? argv[start + 1] : argv[start];
}

nameOptionsWith(flagInMessage);
const stdout = watchStdout();
try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has printed the error or the help.
    process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  } else if (error !== stdout.error) {
    const failure = asFunAsrError(error);
    process.stderr.write(`${errorLine(failure)}\n`);
    process.exitCode = exitCodeOf(failure.code);
  }
}
