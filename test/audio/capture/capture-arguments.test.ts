import { expect, test } from 'vitest';
import {
  captureArguments,
  captureDrivers,
  defaultDevice,
  listArguments,
} from '../../../lib/audio/capture/capture-arguments.ts';

/** The arguments after those that every FFmpeg gets. */
function specific(args: string[]): string {
  return args.slice(args.indexOf('-max_alloc') + 2).join(' ');
}

const OUTPUT = '-vn -sn -dn -ac 1 -ar 16000 -f s16le -flush_packets 1 pipe:1';

test.each([
  [{ driver: 'pulse', device: 'default' }, '-fragment_size 9600 -f pulse -i default'],
  [{ driver: 'alsa', device: 'hw:1' }, '-f alsa -i hw:1'],
  [{ driver: 'avfoundation', device: 'default' }, '-f avfoundation -i :default'],
  [{ driver: 'avfoundation', device: ':0' }, '-f avfoundation -i :0'],
  [{ driver: 'dshow', device: 'Mic (USB)' }, '-audio_buffer_size 50 -f dshow -i audio=Mic (USB)'],
  [{ driver: 'lavfi', device: 'sine' }, '-f lavfi -i sine'],
])('opens %o in the syntax of its driver, without a delay', (source, input) => {
  expect(specific(captureArguments(source, 16_000))).toBe(
    `-probesize 32 -analyzeduration 0 ${input} ${OUTPUT}`,
  );
});

test('passes a device as one argument, whatever its name contains', () => {
  const device = '-y; rm "x" -f s16le /tmp/y';
  const args = captureArguments({ driver: 'alsa', device }, 16_000);
  expect(args[args.indexOf('-i') + 1]).toBe(device);
});

test('applies no whitelist of protocols or containers to a device', () => {
  const args = captureArguments({ driver: 'pulse', device: 'default' }, 16_000).join(' ');
  expect(args).not.toContain('whitelist');
});

test('knows the drivers of each system, and the default device of each driver except dshow', () => {
  expect(captureDrivers('linux')).toEqual(['pulse', 'alsa']);
  expect(captureDrivers('darwin')).toEqual(['avfoundation']);
  expect(captureDrivers('win32')).toEqual(['dshow']);
  expect(captureDrivers('freebsd')).toEqual(['oss']);
  expect(['pulse', 'oss', 'jack', 'dshow'].map(defaultDevice)).toEqual([
    'default',
    '/dev/dsp',
    'default',
    undefined,
  ]);
});

test('lists devices in the way that the driver supports', () => {
  expect(specific(listArguments('pulse'))).toBe('-sources pulse');
  expect(specific(listArguments('dshow'))).toBe('-f dshow -list_devices true -i dummy');
  expect(specific(listArguments('avfoundation'))).toBe('-f avfoundation -list_devices true -i dummy');
});
