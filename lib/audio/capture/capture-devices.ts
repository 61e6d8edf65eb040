import { abortSignal, checkOptions, text } from '../../core/options.ts';
import type { StageOptions } from '../../core/stage.ts';
import { captureDrivers, listArguments } from './capture-arguments.ts';
import { findFfmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { FfmpegProcess } from '../ffmpeg/ffmpeg-process.ts';

/** A device that sound can be captured from. */
export interface CaptureDevice {
  /** Input device of FFmpeg, such as `pulse` or `dshow`. */
  readonly driver: string;
  /** The value for the option `device` of `capture`. */
  readonly device: string;
  /** Name for users; may equal `device`. */
  readonly description: string;
  /** Whether the driver reports it as the system's default microphone. */
  readonly isDefault: boolean;
}

/** Options of {@link captureDevices}. */
export interface CaptureDevicesOptions extends StageOptions {
  /** Input device of FFmpeg. @default all of the system */
  readonly driver?: string | undefined;
  /** The FFmpeg to use. @default the first that `findFfmpeg()` finds */
  readonly ffmpegPath?: string | undefined;
}

/**
 * Environment variables that lead to the sound server and the user's settings for it. ALSA's plugin for a sound
 * server needs them, too.
 */
export const SOUND_ENVIRONMENT: readonly string[] = [
  'HOME',
  'XDG_RUNTIME_DIR',
  'XDG_CONFIG_HOME',
  'DBUS_SESSION_BUS_ADDRESS',
  'PULSE_SERVER',
  'PULSE_RUNTIME_PATH',
  'PULSE_COOKIE',
  'PULSE_SOURCE',
  'PIPEWIRE_RUNTIME_DIR',
  'PIPEWIRE_REMOTE',
  'ALSA_CONFIG_PATH',
  'ALSA_CARD',
];

/**
 * Lists the devices that `capture` can use, those of the sound server first: none for a driver that this FFmpeg
 * does not have, or that cannot list its devices.
 * @throws {FunAsrError} `E_OPTION`, `E_FFMPEG_MISSING`, `E_DECODE_TIMEOUT`.
 */
export async function captureDevices(options: CaptureDevicesOptions = {}): Promise<CaptureDevice[]> {
  checkOptions('captureDevices', options, { driver: text, ffmpegPath: text, signal: abortSignal });
  const { driver, ffmpegPath, signal } = options;
  const ffmpeg = await findFfmpeg({ ffmpegPath });
  const drivers = driver === undefined ? captureDrivers(process.platform) : [driver];
  const lists = drivers.map((name) => list(ffmpeg.path, name, signal));
  return (await Promise.all(lists)).flat();
}

async function list(path: string, driver: string, signal?: AbortSignal): Promise<CaptureDevice[]> {
  const lister = new FfmpegProcess(path, listArguments(driver), { signal, inherits: SOUND_ENVIRONMENT });
  try {
    const printed: Buffer[] = [];
    for (let piece = await lister.read(); piece; piece = await lister.read()) printed.push(piece);
    const lines = Buffer.concat(printed).toString().split(/\r?\n/);
    return parseDevices(driver, lines, lister.log.messages);
  } finally {
    await lister.kill();
  }
}

/**
 * @param printed Lines of stdout.
 * @param messages Lines of FFmpeg's log, without context and severity.
 */
export function parseDevices(
  driver: string,
  printed: readonly string[],
  messages: readonly string[],
): CaptureDevice[] {
  const parse = PARSERS[driver];
  const found = parse ? parse(messages.map((line) => line.trim())) : printed.flatMap(sourceOf);
  return found.map((device) => ({ driver, ...device }));
}

type Found = Omit<CaptureDevice, 'driver'>;

/** `* alsa_input.pci-0000 [Built-in Audio] (audio)`: new versions add the kind of the device. */
function sourceOf(line: string): Found[] {
  const [, mark, device, description] = /^([* ]) (\S+) \[(.*)\](?: \([^)]*\))?$/.exec(line) ?? [];
  return device === undefined || description === undefined
    ? []
    : [{ device, description, isDefault: mark === '*' }];
}

/** Parsers for the drivers that do not support `-sources`. */
const PARSERS: Readonly<Record<string, (lines: readonly string[]) => Found[]>> = {
  avfoundation: (lines) => linesAfter('AVFoundation audio devices:', lines).flatMap(named(/^\[\d+\] (.+)$/)),
  // New versions have no headings, but a mark at each device.
  dshow: (lines) => [
    ...linesAfter('DirectShow audio devices', lines).flatMap(named(/^"(.+)"$/)),
    ...lines.flatMap(named(/^"(.+)" \(audio\)$/)),
  ],
};

function linesAfter(heading: string, lines: readonly string[]): readonly string[] {
  return lines.includes(heading) ? lines.slice(lines.indexOf(heading) + 1) : [];
}

function named(pattern: RegExp): (line: string) => Found[] {
  return (line) => {
    const name = pattern.exec(line)?.[1];
    return name === undefined ? [] : [{ device: name, description: name, isDefault: false }];
  };
}
