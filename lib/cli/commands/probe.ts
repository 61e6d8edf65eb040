import type { Command } from 'commander';
import { type Probe, probe } from '../../audio/probe.ts';
import { findRecordings, STDIN } from '../../batch/plan/find-recordings.ts';
import { reportError } from '../../core/reported-error.ts';
import { asFunAsrError, FunAsrError } from '../../core/errors.ts';
import { ffmpegPathOption } from '../flags/run-flags.ts';
import { exitCodeOf } from '../run/exit-code.ts';
import { errorLine, warningLine } from '../terminal/error-line.ts';
import { formatDuration } from '../terminal/format.ts';
import { addHelpText } from '../terminal/help.ts';
import { printJson } from '../terminal/print-json.ts';
import { table } from '../terminal/table.ts';

interface ProbeFlags {
  readonly json?: boolean;
  readonly ffmpegPath?: string;
}

export function define(command: Command): void {
  command
    .argument('<input...>', 'files, folders or glob patterns')
    .option('--json', 'print JSON, one object per line')
    .addOption(ffmpegPathOption())
    .action(run);
  addHelpText(command, {
    examples: [
      ['fun-asr probe talk.mp3', ''],
      ["fun-asr probe talks/ --json | jq 'select(.format == null) | .input'", 'lists what is decoded first'],
    ],
    notes: [
      'SEND AS is the format in which the service accepts the file as it is. A file without one is decoded first.',
    ],
  });
}

async function run(inputs: string[], flags: ProbeFlags): Promise<void> {
  const { recordings, warnings } = await findRecordings(inputs);
  for (const warning of warnings) process.stderr.write(`${warningLine(warning)}\n`);
  const rows: string[][] = [];
  for (const { input } of recordings) {
    try {
      if (input === STDIN) throw new FunAsrError('E_OPTION', 'probe: cannot read standard input', STDIN_HINT);
      const probed = await probe(input, { ffmpegPath: flags.ffmpegPath });
      if (flags.json) printJson({ input, ...probed, format: probed.format ?? null });
      else rows.push(row(input, probed), ...recordingRows(probed), ...trackRows(probed));
    } catch (error) {
      const failure = asFunAsrError(error);
      // Without FFmpeg every other input would fail, too.
      if (failure.code === 'E_FFMPEG_MISSING') throw failure;
      process.stderr.write(`${errorLine(failure, input)}\n`);
      if (flags.json) printJson({ input, error: reportError(failure) });
      process.exitCode = Math.max(Number(process.exitCode ?? 0), exitCodeOf(failure.code));
    }
  }
  if (rows.length > 0) {
    const header = ['FILE', 'CONTAINER', 'CODEC', 'RATE', 'CHANNELS', 'DURATION', 'SEND AS', ''];
    process.stdout.write(table(header, rows));
  }
}

const STDIN_HINT = { hint: 'Save it to a file first.' };

function row(input: string, probed: Probe): string[] {
  const { durationMs, durationIsEstimate } = probed;
  return [
    input,
    probed.container,
    probed.codec,
    `${probed.sampleRate} Hz`,
    String(probed.channels),
    durationMs === undefined ? 'unknown' : `${durationIsEstimate ? '~' : ''}${formatDuration(durationMs)}`,
    probed.format ?? '-',
    probed.reason ?? '',
  ];
}

/** A row for a file that contains several recordings. Its other rows describe the first one. */
function recordingRows({ recordings }: Probe): string[][] {
  if (recordings < 2) return [];
  return [
    [`  ${recordings} recordings`, '', '', '', '', '', '', 'appended to each other; the duration is of all'],
  ];
}

/** One row for each track, when there are several. */
function trackRows({ audioTracks }: Probe): string[][] {
  if (audioTracks.length < 2) return [];
  return audioTracks.map(({ number, language, title, codec, sampleRate, channels, isDefault }) => [
    `  audio track ${number}`,
    [language, title].filter((text) => text !== undefined).join(' '),
    codec,
    `${sampleRate} Hz`,
    String(channels),
    '',
    '',
    isDefault ? 'used by default' : '',
  ]);
}
