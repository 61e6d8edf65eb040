import type { Command } from 'commander';
import { type Probe, probe } from '../../audio/probe.ts';
import { findRecordings, STDIN } from '../../batch/plan/recordings.ts';
import { reportError } from '../../batch/report.ts';
import { asFunAsrError, FunAsrError } from '../../core/errors.ts';
import { exitCodeOf } from '../run/exit-code.ts';
import { failureLine, warningLine } from '../terminal/error-line.ts';
import { duration } from '../terminal/format.ts';
import { printJson } from '../terminal/print-json.ts';
import { table } from '../terminal/table.ts';

interface ProbeFlags {
  readonly json?: boolean;
  readonly ffmpegPath?: string;
}

const EXAMPLES = `
Examples:
  fun-asr probe talk.mp3
  fun-asr probe talks/ --json | jq 'select(.format == null) | .input'

"as" is the format under which the service takes the file undecoded; whatever has none is decoded first.`;

export function define(command: Command): void {
  command
    .argument('<input...>', 'files, folders or glob patterns')
    .option('--json', 'one JSON object a line')
    .option('--ffmpeg-path <path>', 'FFmpeg to use (the first that is found)')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(inputs: string[], flags: ProbeFlags): Promise<void> {
  const { recordings, warnings } = await findRecordings(inputs);
  for (const warning of warnings) process.stderr.write(`${warningLine(warning)}\n`);
  const rows: string[][] = [];
  for (const { input } of recordings) {
    try {
      if (input === STDIN) throw new FunAsrError('E_OPTION', 'probe: standard input cannot be probed');
      const probed = await probe(input, { ffmpegPath: flags.ffmpegPath });
      if (flags.json) printJson({ input, ...probed, format: probed.format ?? null });
      else rows.push(row(input, probed));
    } catch (error) {
      const failure = asFunAsrError(error);
      // Without FFmpeg all the others would fail, too.
      if (failure.code === 'E_FFMPEG_MISSING') throw failure;
      process.stderr.write(`${failureLine(failure, input)}\n`);
      if (flags.json) printJson({ input, error: reportError(failure) });
      process.exitCode = Math.max(Number(process.exitCode ?? 0), exitCodeOf(failure.code));
    }
  }
  if (rows.length > 0) {
    const header = ['FILE', 'CONTAINER', 'CODEC', 'RATE', 'CHANNELS', 'DURATION', 'AS', ''];
    process.stdout.write(table(header, rows));
  }
}

function row(input: string, probed: Probe): string[] {
  const { durationMs, durationIsEstimate } = probed;
  return [
    input,
    probed.container,
    probed.codec,
    `${probed.sampleRate} Hz`,
    String(probed.channels),
    durationMs === undefined ? 'unknown' : `${durationIsEstimate ? '~' : ''}${duration(durationMs)}`,
    probed.format ?? '-',
    probed.reason ?? '',
  ];
}
