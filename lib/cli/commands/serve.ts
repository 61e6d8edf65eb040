import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { integer } from '../../core/options.ts';
import { openLocalEngine } from '../../engines/local/local-engine.ts';
import { DEFAULT_MODEL, MODELS, type ModelName } from '../../engines/models/catalogue.ts';
import { isOpenToNetwork, startService } from '../../service/service.ts';
import { parsed } from '../flags/parse-value.ts';
import { addFaultFlags, type FaultFlags, startFaultyService } from '../flags/fault-flags.ts';
import { Interruption } from '../run/interruption.ts';
import { pullDisplay } from '../terminal/pull-display.ts';

interface ServeFlags extends FaultFlags {
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly partials: boolean;
  readonly model: ModelName;
}

const EXAMPLES = `
Examples:
  fun-asr serve
  DASHSCOPE_WEBSOCKET_BASE_URL=ws://127.0.0.1:8710/api-ws/v1/inference python program.py
  DASHSCOPE_HTTP_BASE_URL=http://127.0.0.1:8710/api/v1 fun-asr vocabulary list
  fun-asr serve --port 0 --no-partials
  fun-asr serve --host 0.0.0.0 --token "$(openssl rand -hex 16)"
  fun-asr serve --faults 'refuse:503, drop@12.3s, delay:2s@20s'
  fun-asr serve --faults random --seed 7

Prints its URL on the first line. On this machine any key is accepted. Takes pcm, wav, mp3, opus, speex, aac and amr.`;

const OPEN =
  'open to the network, without encryption: whoever listens on the way gets audio, text and token\n';

export function define(command: Command): void {
  command
    .addOption(
      new Option('--port <n>', '0 takes any that is free')
        .argParser(parsed(Number, integer(0, 65_535)))
        .default(8710),
    )
    .option('--host <address>', 'any other than this machine needs --token', '127.0.0.1')
    .option('--token <key>', 'the only key that clients may use')
    .option('--no-partials', 'send final sentences only')
    .addOption(
      new Option('-m, --model <name>', 'model of the local engine')
        .choices(Object.keys(MODELS))
        .default(DEFAULT_MODEL),
    );
  addFaultFlags(command);
  command.addHelpText('after', EXAMPLES).action(run);
}

async function run({ model, faults, seed, ...flags }: ServeFlags): Promise<void> {
  const interruption = new Interruption(() => {});
  const pulling = pullDisplay();
  try {
    const engine = await openLocalEngine({
      model,
      partials: flags.partials,
      onProgress: pulling.onProgress,
      signal: interruption.stop,
    }).finally(() => pulling.close());
    try {
      const options = { engine, ...flags };
      const service = await (faults === undefined
        ? startService(options)
        : startFaultyService({ ...options, faults, seed }));
      process.stdout.write(`${service.url}\n`);
      if (isOpenToNetwork(flags.host)) process.stderr.write(OPEN);
      if (!interruption.stop.aborted) await once(interruption.stop, 'abort');
      await service.close();
    } finally {
      await engine.close();
    }
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
  } finally {
    interruption.close();
  }
  process.exitCode = interruption.exitCode;
}
