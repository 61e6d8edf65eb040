import type { Command } from 'commander';
import { serveMcp } from '../../adapters/mcp/serve-mcp.ts';
import { addEngineFlags, type EngineFlags, engineOptions } from '../flags/engine-flags.ts';
import {
  addRecognitionFlags,
  type RecognitionFlags,
  recognitionOptions,
} from '../flags/recognition-flags.ts';
import { concurrencyOption, ffmpegPathOption, maxDurationMs, maxDurationOption } from '../flags/run-flags.ts';
import { Interruption } from '../run/interruption.ts';
import { addHelpText } from '../terminal/help.ts';
import { pullDisplay } from '../terminal/progress/pull-display.ts';
import { version } from '../version.ts';

/** Values of the flags of `mcp`. */
interface McpFlags extends EngineFlags, RecognitionFlags {
  readonly root: string;
  readonly concurrency?: number;
  readonly maxDuration: number;
  readonly ffmpegPath?: string;
}

const CONCURRENCY = 2;

export function define(command: Command): void {
  command
    .option('--root <dir>', 'folder that the client may read (default: the current folder)', '.')
    .addOption(concurrencyOption(String(CONCURRENCY)))
    .addOption(maxDurationOption())
    .addOption(ffmpegPathOption())
    .action(run);
  addEngineFlags(command);
  addRecognitionFlags(command);
  addHelpText(command, {
    examples: [
      ['fun-asr mcp --root ~/recordings', ''],
      ['fun-asr mcp --engine local --language en', ''],
    ],
    notes: [
      'A server of the Model Context Protocol on standard input and output, with the tools transcribe, make_subtitles and ' +
        'list_models. Needs the npm package @modelcontextprotocol/sdk.',
      'The client can name files in the folder of --root only. It gets texts; files are written only when a call names an ' +
        'output, and never replaced.',
    ],
  });
}

async function run(flags: McpFlags): Promise<void> {
  const { root, concurrency = CONCURRENCY, ffmpegPath } = flags;
  const interruption = new Interruption(() => {});
  const display = pullDisplay();
  try {
    await serveMcp({
      root,
      concurrency,
      version,
      signal: interruption.stop,
      transcription: {
        ...engineOptions(flags),
        ...recognitionOptions(flags),
        maxDurationMs: maxDurationMs(flags),
        ffmpegPath,
        onPull: display.onProgress,
      },
    });
    process.exitCode = interruption.exitCode;
  } finally {
    interruption.close();
    display.close();
  }
}
