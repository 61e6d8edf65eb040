#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { asFunAsrError } from '../core/errors.ts';
import { exitCodeOf, USAGE } from './run/exit-code.ts';
import { failureLine } from './terminal/error-line.ts';
import { version } from './version.ts';
import { watchOutput } from './terminal/stdout-errors.ts';

/** One command. Its module, with all that it needs, is only loaded when it is called. */
interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<{ define: (command: Command) => void }>;
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  transcribe: {
    summary: 'recordings to subtitles and transcripts',
    load: () => import('./commands/transcribe.ts'),
  },
  live: {
    summary: 'what is said into the microphone, as it is said',
    load: () => import('./commands/live.ts'),
  },
  convert: {
    summary: 'recordings to other formats: PCM, WAV, MP3, AAC, Opus',
    load: () => import('./commands/convert.ts'),
  },
  serve: {
    summary: 'start the local service, which speaks the protocol of Fun-ASR',
    load: () => import('./commands/serve.ts'),
  },
  probe: {
    summary: 'show what recordings are, and as which format they may be sent',
    load: () => import('./commands/probe.ts'),
  },
  models: {
    summary: 'show the models of the cloud, with languages and prices',
    load: () => import('./commands/models.ts'),
  },
  vocabulary: {
    summary: 'make, list, show, change or delete hot-word lists of the account',
    load: () => import('./commands/vocabulary.ts'),
  },
  token: {
    summary: 'make a temporary key, for places that yours must not reach',
    load: () => import('./commands/token.ts'),
  },
  engine: {
    summary: 'pull, list or remove the models of the local engine',
    load: () => import('./commands/engine.ts'),
  },
  doctor: {
    summary: 'check this machine, and say what to mend',
    load: () => import('./commands/doctor.ts'),
  },
};

const EXAMPLES = `
Examples:
  fun-asr transcribe talk.mp3           write talk.srt and talk.jsonl beside it
  fun-asr transcribe talks/ -o out      a folder and its sub-folders, into another one
  fun-asr live                          the microphone, as it is spoken
  fun-asr doctor                        is everything there that it takes?

Without DASHSCOPE_API_KEY everything runs on this machine. "fun-asr <command> --help" tells more.`;

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('fun-asr')
    .description('Any audio to subtitles, with Fun-ASR in the cloud or on this machine.')
    .version(version, '--version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('Try --help.')
    .exitOverride();
  for (const [name, { summary }] of Object.entries(COMMANDS)) {
    program
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`);
  }
  // The first word is the command, or "help" and the second one is.
  const called = program.commands.find((command) => argv.slice(0, 2).includes(command.name()));
  const entry = called && COMMANDS[called.name()];
  if (called && entry) (await entry.load()).define(called);
  await program.parseAsync(argv, { from: 'user' });
}

const output = watchOutput();
try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) {
    // It has said what is wrong, or shown the help that was asked for.
    process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  } else if (error !== output.failure) {
    const failure = asFunAsrError(error);
    process.stderr.write(`${failureLine(failure)}\n`);
    process.exitCode = exitCodeOf(failure.code);
  }
}
