import { readdir } from 'node:fs/promises';
import OpenAI from 'openai';
import { onTestFinished, vi } from 'vitest';
import type { OpenAiDoorOptions } from '../../lib/openai/door-options.ts';
import { openAiDoor } from '../../lib/openai/openai-door.ts';
import { type Service, type ServiceOptions, startService } from '../../lib/service/service.ts';
import { countingEngine } from '../support/counting-engine.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A service with the door, and a client for it. */
export interface RunningDoor {
  readonly service: Service;
  /** Address of the service, without a path. */
  readonly origin: string;
  /** The official client. It does not retry. */
  readonly client: OpenAI;
  /** The folder of all temporary files of the service. */
  readonly temporary: string;
  /** The names of the temporary files and folders that exist. */
  readonly leftovers: () => Promise<string[]>;
}

/** Starts a service with the door. It is closed when the test ends. Its engine is a counting engine unless another is given. */
export async function openDoor(
  options: OpenAiDoorOptions = {},
  serviceOptions: Partial<ServiceOptions> = {},
): Promise<RunningDoor> {
  const temporary = await temporaryFolder();
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  const service = await startService({
    engine: countingEngine(),
    port: 0,
    doors: [openAiDoor(options)],
    ...serviceOptions,
  });
  onTestFinished(() => service.close());
  const origin = `http://127.0.0.1:${service.port}`;
  const { token = 'any' } = serviceOptions;
  return {
    service,
    origin,
    client: new OpenAI({ apiKey: token, baseURL: `${origin}/v1`, maxRetries: 0 }),
    temporary,
    leftovers: () => readdir(temporary),
  };
}

/** The child processes of this process. */
export function children(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
}

/** A WAV file with a tone, for engines that count seconds. */
export function toneWav(seconds: number): Buffer<ArrayBuffer> {
  const rate = 16_000;
  const wav = Buffer.alloc(44 + seconds * rate * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(wav.length - 44, 40);
  for (let n = 0; n < seconds * rate; n += 1)
    wav.writeInt16LE(Math.round(8000 * Math.sin(n / 5)), 44 + n * 2);
  return wav;
}
