import { Argument, type Command } from 'commander';
import { DEFAULT_LOCAL_MODEL, LOCAL_MODELS, type LocalModelName } from '../../engines/models/catalogue.ts';
import { listModels, removeModel } from '../../engines/models/model-store.ts';
import { pullAndShow } from '../run/pull-command.ts';
import { addHelpText } from '../terminal/help.ts';
import { printJson } from '../terminal/print-json.ts';
import { table } from '../terminal/table.ts';

export function define(command: Command): void {
  const name = (): Argument =>
    new Argument('<model>', 'name of the model').choices(Object.keys(LOCAL_MODELS));
  command
    .command('pull')
    .description('Download a model, if it is not installed.')
    .addArgument(name().argOptional().default(DEFAULT_LOCAL_MODEL))
    .option('--model-host <url>', 'host with the paths of huggingface.co, tried first')
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
      [
        'fun-asr engine pull sense-voice',
        'Chinese, Cantonese, Japanese and Korean; continues a broken download',
      ],
      ['fun-asr engine list', ''],
      ['fun-asr engine remove moonshine-tiny', ''],
    ],
    notes: [
      'Models are downloaded to the cache folder (XDG_CACHE_HOME): Moonshine from the npm registry, the others from model ' +
        'hosts, which are tried in order: --model-host, HF_ENDPOINT, huggingface.co, hf-mirror.com, modelscope.cn. ' +
        'HTTPS_PROXY, ALL_PROXY and NO_PROXY apply.',
    ],
  });
}

async function pull(name: LocalModelName, { modelHost }: { readonly modelHost?: string }): Promise<void> {
  await pullAndShow(name, modelHost);
}

async function list({ json }: { readonly json?: boolean }): Promise<void> {
  const models = await listModels();
  if (json) {
    for (const model of models) printJson(model);
    return;
  }
  const rows = models.map(({ name, languages, state, bytes, license, folder }) => [
    name,
    languages.join(' '),
    state,
    `${Math.round(bytes / 1e6)} MB`,
    license,
    folder,
  ]);
  process.stdout.write(table(['MODEL', 'LANGUAGES', 'STATE', 'SIZE', 'LICENSE', 'FOLDER'], rows));
}

async function remove(name: LocalModelName): Promise<void> {
  const wasInstalled = await removeModel(name);
  process.stderr.write(wasInstalled ? `${name}: removed\n` : `${name}: not installed\n`);
}
