import { expect, test } from 'vitest';
import { captureDevices, parseDevices } from '../../../lib/audio/capture/capture-devices.ts';
import { ENCODER } from '../samples.ts';

test('parses names, descriptions and the default from -sources of old and new versions', () => {
  const old = [
    'Auto-detected sources for pulse:',
    '  alsa_output.pci.monitor [Monitor of Built-in Audio]',
    '* alsa_input.usb [Mic [USB] (mono)]',
  ];
  const recent = old.map((line, index) => (index === 0 ? line : `${line} (none)`));
  const devices = [
    {
      driver: 'pulse',
      device: 'alsa_output.pci.monitor',
      description: 'Monitor of Built-in Audio',
      isDefault: false,
    },
    { driver: 'pulse', device: 'alsa_input.usb', description: 'Mic [USB] (mono)', isDefault: true },
  ];
  expect(parseDevices('pulse', recent, [])).toEqual(devices);
  expect(parseDevices('pulse', old, [])).toEqual(devices);
});

test('parses the microphones after their heading in the list of avfoundation', () => {
  const messages = [
    'AVFoundation video devices:',
    '[0] FaceTime HD Camera',
    'AVFoundation audio devices:',
    '[0] Built-in Microphone',
    '[1] Headset',
    'dummy: Input/output error',
  ];
  expect(parseDevices('avfoundation', [], messages).map(({ device }) => device)).toEqual([
    'Built-in Microphone',
    'Headset',
  ]);
  expect(parseDevices('avfoundation', [], messages.slice(0, 2))).toEqual([]);
});

test('parses the microphones of dshow after their heading, or by their mark', () => {
  const old = [
    'DirectShow video devices (some may be both video and audio devices)',
    ' "Camera"',
    '    Alternative name "@device_pnp_1"',
    'DirectShow audio devices',
    ' "Microphone (USB)"',
    '    Alternative name "@device_cm_2"',
  ];
  const recent = ['"Camera" (video)', '"Microphone (USB)" (audio)', '  Alternative name "@device_cm_2"'];
  for (const messages of [old, recent]) {
    expect(parseDevices('dshow', [], messages)).toEqual([
      {
        driver: 'dshow',
        device: 'Microphone (USB)',
        description: 'Microphone (USB)',
        isDefault: false,
      },
    ]);
  }
});

test('lists the devices of this machine, and none for a driver that cannot list', async () => {
  const known = new Set(['pulse', 'alsa', 'avfoundation', 'dshow', 'oss', 'sndio']);
  const devices = await captureDevices({ ffmpegPath: ENCODER });
  expect(devices.every(({ driver, device }) => known.has(driver) && device !== '')).toBe(true);
  expect(await captureDevices({ driver: 'lavfi' })).toEqual([]);
  expect(await captureDevices({ driver: 'nothing' })).toEqual([]);
});

test('checks its options', async () => {
  await expect(captureDevices({ driver: '' })).rejects.toMatchObject({ code: 'E_OPTION' });
});
