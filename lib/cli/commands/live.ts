import type { Command } from 'commander';
import { captureDevices, type CaptureDevicesOptions } from '../../audio/capture/capture-devices.ts';
import { asFunAsrError } from '../../core/errors.ts';
import { addEngineFlags, type EngineFlags, engineOptions } from '../flags/engine-flags.ts';
import { exitCodeOf } from '../run/exit-code.ts';
import { failureLine } from '../terminal/error-line.ts';
import { Interruption } from '../run/interruption.ts';
import { liveDisplay } from '../terminal/live-display.ts';
import { liveRun } from '../run/live-run.ts';
import { addOutputFlags, type OutputFlags } from '../flags/output-flags.ts';
import {
  addRecognitionFlags,
  type RecognitionFlags,
  recognitionOptions,
} from '../flags/recognition-flags.ts';
import { table } from '../terminal/table.ts';
import { addWireTraceFlag } from '../flags/wire-trace-flag.ts';

/** The flags of `live`, as commander gives them. */
interface LiveFlags extends OutputFlags, EngineFlags, RecognitionFlags {
  readonly device?: string;
  readonly driver?: string;
  readonly ffmpegPath?: string;
  readonly listDevices?: boolean;
}

const EXAMPLES = `
Examples:
  fun-asr live                          what is said, to live.srt and live.jsonl; Ctrl-C ends it
  fun-asr live -o talks -f txt,vtt      other files, elsewhere
  fun-asr live | tee said.txt           final sentences only, one a line
  fun-asr live --list-devices
  fun-asr live --device "USB Microphone" --language en

The files grow as live.partial.srt and get their names when all is done; where there is a live.srt already, it
becomes live-2.srt. When the service cannot be reached for a while, up to ten minutes of
what is said wait here for it; what is lost beyond that is told.
The first Ctrl-C finishes the last sentence, the second one stops at once.
Exit codes: 130 and 143 ended by Ctrl-C or SIGTERM, 0 the source ended by itself, otherwise as of transcribe.`;

export function define(command: Command): void {
  command
    .optionsGroup('Microphone:')
    .option('--device <name>', "microphone, as its driver names it (the system's default)")
    .option(
      '--driver <name>',
      "input device of FFmpeg, such as pulse, alsa, avfoundation, dshow (the system's)",
    )
    .option('--list-devices', 'show what there is to capture from')
    .option('--ffmpeg-path <path>', 'FFmpeg to use (the first that is found)')
    .addHelpText('after', EXAMPLES)
    .action(run);
  addOutputFlags(command, 'folder for the files (the current one)');
  addEngineFlags(command);
  addRecognitionFlags(command);
  addWireTraceFlag(command);
}

async function run(flags: LiveFlags): Promise<void> {
  const { device, driver, ffmpegPath } = flags;
  if (flags.listDevices) return printDevices({ driver, ffmpegPath });
  const display = liveDisplay();
  const interruption = new Interruption(() => {
    display.say('finishing the last sentence; once more to stop at once');
  });
  try {
    await liveRun({
      microphone: { device, driver, ffmpegPath },
      engine: engineOptions(flags),
      recognition: recognitionOptions(flags),
      outputDir: flags.outputDir ?? '.',
      formats: flags.outputFormat,
      display,
      interruption,
    });
    process.exitCode = interruption.exitCode;
  } catch (error) {
    const failure = asFunAsrError(error);
    // Whoever interrupted it knows.
    if (failure.code !== 'E_INTERRUPTED') display.say(failureLine(failure));
    process.exitCode = interruption.exitCode ?? exitCodeOf(failure.code);
  } finally {
    interruption.close();
    display.close();
  }
}

async function printDevices(options: CaptureDevicesOptions): Promise<void> {
  const devices = await captureDevices(options);
  if (devices.length === 0) {
    process.stderr.write('this FFmpeg finds no device to capture from\n');
    return;
  }
  const rows = devices.map(({ driver, device, description, isDefault }) => [
    driver,
    device,
    isDefault ? 'default' : '',
    description,
  ]);
  process.stdout.write(table(['DRIVER', 'DEVICE', '', 'DESCRIPTION'], rows));
}
