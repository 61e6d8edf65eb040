import { type Command, Option } from 'commander';
import { captureDevices, type CaptureDevicesOptions } from '../../audio/capture/capture-devices.ts';
import { asFunAsrError, FunAsrError } from '../../core/errors.ts';
import { optionName } from '../../core/option-names.ts';
import { integer } from '../../core/options.ts';
import { addCueFlags, type CueFlags, cueOptions } from '../flags/cue-flags.ts';
import { publicUrlOption } from '../flags/door-flags.ts';
import { addEngineFlags, type EngineFlags, engineOptions } from '../flags/engine-flags.ts';
import { addOutputFlags, type OutputFlags } from '../flags/output-flags.ts';
import {
  addRecognitionFlags,
  type RecognitionFlags,
  recognitionOptions,
} from '../flags/recognition-flags.ts';
import { parseValue } from '../flags/values/parse-value.ts';
import { ffmpegPathOption } from '../flags/run-flags.ts';
import { addWireTraceFlag } from '../flags/wire-trace-flag.ts';
import { exitCodeOf } from '../run/exit-code.ts';
import { Interruption } from '../run/interruption.ts';
import { offeringModel } from '../run/models/offer-model.ts';
import { liveRun } from '../run/live/live-run.ts';
import { errorLine } from '../terminal/error-line.ts';
import { addHelpText } from '../terminal/help.ts';
import { liveDisplay } from '../terminal/progress/live-display.ts';
import { table } from '../terminal/table.ts';

/** Values of the flags of `live`. */
interface LiveFlags extends OutputFlags, CueFlags, EngineFlags, RecognitionFlags {
  readonly device?: string;
  readonly driver?: string;
  readonly ffmpegPath?: string;
  readonly listDevices?: boolean;
  readonly saveAudio?: string | true;
  readonly web?: true;
  readonly port?: number;
  readonly publicUrl?: string;
  readonly token?: string;
}

/** Flags of the page of `--web`. */
const PAGE_FLAGS = ['port', 'publicUrl', 'token'] as const;

export function define(command: Command): void {
  command
    .optionsGroup('Microphone:')
    .option('--device <name>', 'microphone, by its name in the driver (default: the default microphone)')
    .addOption(
      new Option(
        '--driver <name>',
        'input device of FFmpeg: pulse, alsa, avfoundation, dshow, … (default: the one of this system)',
      ),
    )
    .option('--save-audio [file]', 'also record a WAV file (default: live.wav beside the outputs)')
    .option(
      '--web',
      'show captions on a web page of this machine, for a second screen or a streaming program',
    )
    .addOption(
      new Option('--port <n>', 'port of the page (default: 8711, or any free one if it is in use)').argParser(
        parseValue(Number, integer(0, 65_535)),
      ),
    )
    .addOption(publicUrlOption())
    .option('--token <key>', 'what opens the page: /?token=… (default: nothing; needed with --public-url)')
    .option('--list-devices', 'list the microphones and exit')
    .addOption(ffmpegPathOption())
    .action(run);
  addOutputFlags(command, 'folder for the outputs (default: the current folder)');
  addEngineFlags(command);
  addCueFlags(command);
  addRecognitionFlags(command);
  addWireTraceFlag(command);
  addHelpText(command, {
    examples: [
      ['fun-asr live', 'writes live.srt and live.jsonl'],
      ['fun-asr live -o talks -f txt,vtt', 'other formats and folder'],
      ['fun-asr live | tee text.txt', 'final sentences, one a line'],
      ['fun-asr live --save-audio', 'also records live.wav, which can be transcribed again'],
      ['fun-asr live --web', 'captions on http://127.0.0.1:8711/, and /?overlay for a streaming program'],
      ['fun-asr live --list-devices', ''],
      ['fun-asr live --device "USB Microphone" --language en', ''],
    ],
    notes: [
      'The outputs are written continuously as live.partial.srt and renamed at the end. Existing files stay: the ' +
        'next name is live-2.srt. While the service cannot be reached, up to ten minutes of audio are buffered; ' +
        'audio beyond that is lost and reported.',
      'The recording of --save-audio is a complete WAV file after each second, also when the process is killed. A file ' +
        'that exists is not replaced.',
      'The first Ctrl-C finishes the last sentence, the second one stops at once.',
      'Exit codes: 130 or 143 after Ctrl-C or SIGTERM; 0 when the source ended; otherwise as for transcribe.',
    ],
  });
}

async function run(flags: LiveFlags): Promise<void> {
  const { device, driver, ffmpegPath } = flags;
  if (flags.listDevices) return printDevices({ driver, ffmpegPath });
  const unused = PAGE_FLAGS.find((name) => flags[name] !== undefined && !flags.web);
  if (unused !== undefined) {
    throw new FunAsrError('E_OPTION', `${optionName(unused)} is for the page of --web`, {
      hint: 'Add --web.',
    });
  }
  const display = liveDisplay();
  const interruption = new Interruption(() => {
    display.notice('finishing the last sentence; press Ctrl-C again to stop at once');
  });
  try {
    const options = {
      microphone: { device, driver, ffmpegPath },
      engine: engineOptions(flags),
      recognition: recognitionOptions(flags),
      outputDir: flags.outputDir ?? '.',
      formats: flags.outputFormat,
      layout: cueOptions(flags),
      saveAudio: flags.saveAudio,
      page: flags.web && { port: flags.port, publicUrl: flags.publicUrl, token: flags.token },
      display,
      interruption,
    };
    await offeringModel({ ...options.recognition, ...options.engine }, {}, () => liveRun(options));
    process.exitCode = interruption.exitCode;
  } catch (error) {
    const failure = asFunAsrError(error);
    // An interruption is not reported, because the user has caused it.
    if (failure.code !== 'E_INTERRUPTED') display.notice(errorLine(failure));
    process.exitCode = interruption.exitCode ?? exitCodeOf(failure.code);
  } finally {
    interruption.close();
    display.close();
  }
}

async function printDevices(options: CaptureDevicesOptions): Promise<void> {
  const devices = await captureDevices(options);
  if (devices.length === 0) {
    process.stderr.write('no microphone found by this FFmpeg. Try another --driver or --ffmpeg-path.\n');
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
