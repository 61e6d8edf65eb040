import { GENERAL, SOUND_ONLY, words } from '../ffmpeg/ffmpeg-arguments.ts';

/** What is captured from: an input device of FFmpeg, by FFmpeg's name, and what it opens. */
export interface CaptureSource {
  readonly driver: string;
  readonly device: string;
}

interface Driver {
  /** Undefined where FFmpeg knows no default: then it is the first device that there is. */
  readonly defaultDevice?: string;
  /** What FFmpeg wants in front of the name of a device that gives sound and no picture. */
  readonly prefix?: string;
  /** Makes the driver hand sound over in short pieces: some would collect it for seconds. */
  readonly latency?: string;
}

/** Source: FFmpeg's documentation of its input devices. */
const DRIVERS: Readonly<Record<string, Driver>> = {
  // 50 ms of what it gives unless asked otherwise, 48 kHz stereo of 16 bits: new versions do so by themselves.
  pulse: { defaultDevice: 'default', latency: '-fragment_size 9600' },
  alsa: { defaultDevice: 'default' },
  avfoundation: { defaultDevice: 'default', prefix: ':' },
  dshow: { prefix: 'audio=', latency: '-audio_buffer_size 50' },
  oss: { defaultDevice: '/dev/dsp' },
  sndio: { defaultDevice: 'default' },
};

const DRIVERS_OF: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  // PipeWire answers as PulseAudio does. Without a sound server there is ALSA.
  linux: ['pulse', 'alsa'],
  darwin: ['avfoundation'],
  win32: ['dshow'],
  openbsd: ['sndio'],
};

/** The drivers of a system, the one to be tried first in front. */
export function captureDrivers(platform: NodeJS.Platform): readonly string[] {
  return DRIVERS_OF[platform] ?? ['oss'];
}

/** What a driver takes for the system's default microphone; undefined when it has no such name. */
export function defaultDevice(driver: string): string | undefined {
  return DRIVERS[driver] === undefined ? 'default' : DRIVERS[driver].defaultDevice;
}

/**
 * Capturing to s16le mono. Whatever is there goes out at once. `-fflags nobuffer`, which is often named for that,
 * throws the first packet away and brings the next one no sooner.
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
    ...SOUND_ONLY,
    ...words(`-ac 1 -ar ${sampleRate} -f s16le -flush_packets 1 pipe:1`),
  ];
}

/** FFmpeg lists the devices of a driver and stops: on stdout with `-sources`, else among its messages. */
export function listArguments(driver: string): string[] {
  // These two cannot list in the common way, and call it a failure to have been asked to list instead of to open.
  if (driver === 'avfoundation' || driver === 'dshow')
    return [...GENERAL, ...words(`-f ${driver} -list_devices true -i dummy`)];
  return [...GENERAL, '-sources', driver];
}
