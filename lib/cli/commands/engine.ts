import { Argument, type Command } from 'commander';
import { FunAsrError } from '../../core/errors.ts';
import { findSherpa } from '../../engines/local/runtime/sherpa.ts';
import {
  type AddedModelState,
  addModel,
  listAddedModels,
  removeAddedModel,
} from '../../engines/models/added-models.ts';
import {
  DEFAULT_LOCAL_MODEL,
  LOCAL_MODELS,
  type LocalModelName,
} from '../../engines/models/catalogue/catalogue.ts';
import { isCatalogueName } from '../../engines/models/choose-model.ts';
import { listModels, type ModelState, removeModel } from '../../engines/models/model-store.ts';
import { parseLanguages } from '../flags/values/parse-language.ts';
import { interruptible } from '../run/interruptible.ts';
import { pullAndShow } from '../run/models/pull-command.ts';
import { addHelpText } from '../terminal/help.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';
import { table } from '../terminal/table.ts';

/** The names of the models that can be downloaded. */
const NAMES = Object.keys(LOCAL_MODELS);

export function define(command: Command): void {
  command
    .command('pull')
    .description('Download a model, if it is not installed.')
    .addArgument(
      new Argument('[model]', 'name of the model')
        .choices(NAMES)
        .default(DEFAULT_LOCAL_MODEL)
        .argParser(catalogueName),
    )
    .option('--model-host <url>', 'host with the paths of huggingface.co, tried first')
    .action(pull);
  command
    .command('add')
    .description('Add a speech model or a punctuation model of sherpa-onnx that is on this machine.')
    .argument('<folder>', 'folder with the files of the model')
    .option('--name <name>', 'name of the model (default: that of the folder)')
    .option('--languages <list>', 'languages of the model, such as zh,en', parseLanguages)
    .option('--copy', 'copy the files to the cache folder; otherwise the folder must stay')
    .action(add);
  command
    .command('list')
    .description('List the models and their state on this machine.')
    .option('--json', 'print JSON, one object per line')
    .action(list);
  command
    .command('remove')
    .description('Delete a model from this machine. The folder of an added model stays.')
    .argument('<model>', 'name of the model')
    .action(remove);
  addHelpText(command, {
    examples: [
      ['fun-asr engine pull', 'downloads the default model'],
      [
        'fun-asr engine pull sense-voice',
        'Chinese, Cantonese, Japanese and Korean; continues a broken download',
      ],
      ['fun-asr engine add ~/models/sense-voice --languages zh,en', ''],
      ['fun-asr engine list', ''],
      ['fun-asr engine remove moonshine-tiny', ''],
    ],
    notes: [
      'Models are downloaded to the cache folder (XDG_CACHE_HOME): Moonshine from the npm registry, the others from model ' +
        'hosts, which are tried in order: --model-host, HF_ENDPOINT, huggingface.co, hf-mirror.com, modelscope.cn. ' +
        'HTTPS_PROXY, ALL_PROXY and NO_PROXY apply.',
      'An added model is recognised by its files and tried once. See docs/local-engine.md.',
    ],
  });
}

async function pull(name: LocalModelName, { modelHost }: { readonly modelHost?: string }): Promise<void> {
  await pullAndShow(name, modelHost);
}

/** @throws {FunAsrError} `E_OPTION` */
function catalogueName(name: string): LocalModelName {
  if (isCatalogueName(name)) return name;
  throw new FunAsrError('E_OPTION', `there is no model ${name} to download`, {
    hint: `There are ${NAMES.join(', ')}. \`fun-asr engine add\` adds a folder with a model.`,
  });
}

async function add(folder: string, { name, languages, copy }: AddFlags): Promise<void> {
  const isDone = await interruptible(async (signal) => {
    const added = await addModel(folder, { name, languages, copy, findSherpa, signal });
    const about = `${added.family}, ${added.languages.join(' ')}`;
    process.stderr.write(`${added.name}: added (${about}), in ${printable(added.folder)}\n`);
  });
  if (!isDone) process.stderr.write('not added\n');
}

interface AddFlags {
  readonly name?: string;
  readonly languages?: readonly string[];
  readonly copy?: boolean;
}

/** A size in MB, or in KB below one. */
function formatSize(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${Math.round(bytes / 1e6)} MB`;
}

async function list({ json }: { readonly json?: boolean }): Promise<void> {
  const models = await listModels();
  const added = listAddedModels();
  if (json) {
    for (const model of [...models, ...added]) printJson(model);
    return;
  }
  const cells = ({ name, languages, state, bytes }: ModelState | AddedModelState): string[] => [
    name,
    languages.join(' '),
    state,
    formatSize(bytes),
  ];
  const rows = models.map((model) => [...cells(model), model.license, model.folder]);
  process.stdout.write(table(['MODEL', 'LANGUAGES', 'STATE', 'SIZE', 'LICENSE', 'FOLDER'], rows));
  if (added.length === 0) return;
  const addedRows = added.map((model) => [...cells(model), model.kind, model.family, model.folder]);
  const titles = ['ADDED', 'LANGUAGES', 'STATE', 'SIZE', 'KIND', 'FAMILY', 'FOLDER'];
  process.stdout.write(`\n${table(titles, addedRows)}`);
}

async function remove(name: string): Promise<void> {
  const isOurs = isCatalogueName(name);
  const wasInstalled = isOurs ? await removeModel(name) : await removeAddedModel(name);
  if (!wasInstalled && !isOurs)
    throw new FunAsrError('E_OPTION', `there is no model ${name}`, { hint: 'Run `fun-asr engine list`.' });
  process.stderr.write(wasInstalled ? `${name}: removed\n` : `${name}: not installed\n`);
}
