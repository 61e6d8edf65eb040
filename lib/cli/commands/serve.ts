import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { integer } from '../../core/options.ts';
import { formatSeconds } from '../../core/seconds.ts';
import { openLocalEngine } from '../../engines/local/local-engine.ts';
import type { Engine } from '../../service/engine.ts';
import { type Service, startService } from '../../service/service.ts';
import { isOpenToNetwork } from '../../service/sites.ts';
import { formatFault, formatFaults } from '../../testing/faults/fault-spec.ts';
import { startTestService, type TestServiceOptions } from '../../testing/test-service.ts';
import {
  addDoorFlags,
  captionOptions,
  type DoorFlags,
  localModel,
  openAiOptions,
  publicUrlOption,
} from '../flags/door-flags.ts';
import { addFaultFlags, type FaultFlags } from '../flags/fault-flags.ts';
import { parseValue } from '../flags/values/parse-value.ts';
import { Interruption } from '../run/interruption.ts';
import { offeringModel } from '../run/models/offer-model.ts';
import { serveDoors } from '../run/serve-doors.ts';
import { addHelpText } from '../terminal/help.ts';
import { pullDisplay } from '../terminal/progress/pull-display.ts';

interface ServeFlags extends FaultFlags, DoorFlags {
  readonly port: number;
  readonly host: string;
  readonly publicUrl?: string;
  readonly token?: string;
  readonly partials: boolean;
}

export function define(command: Command): void {
  command
    .addOption(
      new Option('--port <n>', 'port to listen on; 0 chooses a free port')
        .argParser(parseValue(Number, integer(0, 65_535)))
        .default(8710),
    )
    .option(
      '--host <address>',
      'address to listen on; addresses other than loopback need --token',
      '127.0.0.1',
    )
    .addOption(publicUrlOption())
    .option('--token <key>', 'the only key that clients may use (default: on loopback any key)')
    .option('--no-partials', 'send final sentences only')
    .action(run);
  addDoorFlags(command);
  addFaultFlags(command);
  addHelpText(command, {
    examples: [
      ['fun-asr serve', ''],
      ['fun-asr serve --port 0 --no-partials', ''],
      ['fun-asr serve --engine cloud,local --max-upload 2000', ''],
      ['fun-asr serve --host 0.0.0.0 --token "$(openssl rand -hex 16)"', ''],
      ['fun-asr serve --public-url https://asr.example.com --token "$TOKEN"', ''],
      ["fun-asr serve --faults 'refuse:503, drop@12.3s, delay:2s@20s'", ''],
      ['fun-asr serve --faults random --seed 7', ''],
    ],
    notes: [
      'Prints its URL on the first line. Clients use it as DASHSCOPE_WEBSOCKET_BASE_URL, and ' +
        'http://127.0.0.1:8710/api/v1 as DASHSCOPE_HTTP_BASE_URL. ' +
        'Accepts pcm, wav, mp3, opus, speex, aac and amr.',
      "Clients of OpenAI's API use http://127.0.0.1:8710/v1 as base URL. --engine and its flags are for them: the Fun-ASR " +
        'protocol is always answered by the local engine.',
    ],
  });
}

const UNENCRYPTED =
  'warning: the service is reachable from the network without encryption: audio, text and token can be intercepted\n';

async function run(flags: ServeFlags): Promise<void> {
  const { port, host, publicUrl, token, partials, faults, seed } = flags;
  const doors = serveDoors({ openAi: openAiOptions(flags), captions: captionOptions(flags) });
  const model = localModel(flags);
  const interruption = new Interruption(() => {});
  const display = pullDisplay();
  let engine: Engine | undefined;
  try {
    try {
      // Opened, and downloaded if needed, once the address is checked and the port is open.
      const openEngine = async (): Promise<Engine> => {
        const opening = offeringModel({ model }, {}, () =>
          openLocalEngine({
            model,
            partials,
            onProgress: display.onProgress,
            signal: interruption.stop,
          }),
        );
        engine = await opening.finally(() => display.close());
        return engine;
      };
      const options = {
        engine: openEngine,
        port,
        host,
        publicUrl,
        token,
        partials,
        doors: doors.map(({ open }) => open),
      };
      const service = await (faults === undefined
        ? startService(options)
        : startFaultyService({ ...options, faults, seed }));
      process.stdout.write(`${service.url}\n`);
      for (const { notice } of doors) process.stderr.write(`${notice(service.origin)}\n`);
      if (isOpenToNetwork(host)) process.stderr.write(UNENCRYPTED);
      if (!interruption.stop.aborted) await once(interruption.stop, 'abort');
      await service.close();
    } finally {
      display.close();
      await engine?.close();
    }
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
  } finally {
    interruption.close();
  }
  process.exitCode = interruption.exitCode;
}

/** Starts a service with faults. Prints their list, and each fault when it happens, on stderr. */
async function startFaultyService(options: TestServiceOptions): Promise<Service> {
  const service = await startTestService({
    ...options,
    onFault: ({ fault, connection, audioMs }) => {
      const position = `connection ${connection}, after ${formatSeconds(audioMs)} of audio`;
      process.stderr.write(`fault: ${formatFault(fault)} on ${position}\n`);
    },
  });
  process.stderr.write(`faults: ${formatFaults(service.faults)}\n`);
  return service;
}
