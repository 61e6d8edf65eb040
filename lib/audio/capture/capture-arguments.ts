import { AUDIO_ONLY, GENERAL, words } from '../ffmpeg/arguments/input-arguments.ts';

/** A source of sound: an input device of FFmpeg, by FFmpeg's name, and the device that it opens. */
export interface CaptureSource {
  readonly driver: string;
  readonly device: string;
}

interface Driver {
  /** Undefined when FFmpeg has no name for the default: then the first device is used. */
  readonly defaultDevice?: string;
  /** What FFmpeg expects before the name of a device for sound. */
  readonly prefix?: string;
  /** Makes the driver deliver audio in short pieces: some drivers buffer it for seconds by default. */
  readonly latency?: string;
}

/** Source: FFmpeg's documentation of its input devices. */
const DRIVERS: Readonly<Record<string, Driver>> = {
  // 50 ms of its default, 48 kHz stereo in 16 bits. New versions of FFmpeg do so by default.
  pulse: { defaultDevice: 'default', latency: '-fragment_size 9600' },
  alsa: { defaultDevice: 'default' },
  avfoundation: { defaultDevice: 'default', prefix: ':' },
  dshow: { prefix: 'audio=', latency: '-audio_buffer_size 50' },
  oss: { defaultDevice: '/dev/dsp' },
  sndio: { defaultDevice: 'default' },
};

const DRIVERS_OF: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  // PipeWire accepts clients of PulseAudio. ALSA needs no sound server.
  linux: ['pulse', 'alsa'],
  darwin: ['avfoundation'],
  win32: ['dshow'],
  openbsd: ['sndio'],
};

/** The drivers of a system, in the order in which they are tried. */
export function captureDrivers(platform: NodeJS.Platform): readonly string[] {
  return DRIVERS_OF[platform] ?? ['oss'];
}

/** A driver's name for the system's default microphone; undefined when it has none. */
export function defaultDevice(driver: string): string | undefined {
  return DRIVERS[driver] === undefined ? 'default' : DRIVERS[driver].defaultDevice;
}

/**
 * Captures to s16le mono without buffering. `-fflags nobuffer`, which is often recommended for that, drops the first
 * packet and does not deliver the next one earlier.
 */
export function captureArguments({ driver, device }: CaptureSource, sampleRate: number): string[] {
  const { prefix = '', latency } = DRIVERS[driver] ?? {};
  return [
    ...GENERAL,
    ...words('-probesize 32 -analyzeduration 0'),
    ...(latency === undefined ? [] : words(latency)),
    '-f',
    driver,
    '-i',
    device.startsWith(prefix) ? device : prefix + device,
    ...AUDIO_ONLY,
    ...words(`-ac 1 -ar ${sampleRate} -f s16le -flush_packets 1 pipe:1`),
  ];
}

/** Lists the devices of a driver: on stdout with `-sources`, else in the log. */
export function listArguments(driver: string): string[] {
  // These two do not support `-sources`, and exit with an error after their list.
  if (driver === 'avfoundation' || driver === 'dshow')
    return [...GENERAL, ...words(`-f ${driver} -list_devices true -i dummy`)];
  return [...GENERAL, '-sources', driver];
}
