import { Argument, type Command, Option } from 'commander';
import { vocabularyPrefixRule } from '../../protocol/hot-words.ts';
import {
  createVocabulary,
  deleteVocabulary,
  listVocabularies,
  queryVocabulary,
  updateVocabulary,
} from '../../account/vocabulary.ts';
import { vocabularyReady } from '../../account/vocabulary-ready.ts';
import { integer } from '../../core/options.ts';
import { DEFAULT_CLOUD_MODEL } from '../../protocol/cloud-models.ts';
import { type AccountFlags, accountOptions, addAccountFlags } from '../flags/account-flags.ts';
import { parseValue } from '../flags/values/parse-value.ts';
import { interruptible } from '../run/interruptible.ts';
import { type HotWordDefaults, readHotWords } from '../run/read-hot-words.ts';
import { addHelpText } from '../terminal/help.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';
import { table } from '../terminal/table.ts';

type WriteFlags = AccountFlags & HotWordDefaults & { readonly wait: boolean };

export function define(command: Command): void {
  const subcommand = (name: string, description: string): Command =>
    command.command(name).description(description);
  const create = subcommand('create', 'Create a hot-word list and print its id.')
    .addArgument(
      new Argument('<prefix>', 'start of the id').argParser(parseValue(String, vocabularyPrefixRule)),
    )
    .option('-m, --model <name>', 'the only model that the list works with', DEFAULT_CLOUD_MODEL);
  addAccountFlags(addWriteFlags(create)).action(runCreate);
  const update = subcommand('update', 'Replace all words of a list.').argument('<id>', 'id of the list');
  addAccountFlags(addWriteFlags(update)).action(runUpdate);
  const list = subcommand('list', 'List the hot-word lists of the account.').addOption(
    new Option('--prefix <prefix>', 'only lists with this prefix').argParser(
      parseValue(String, vocabularyPrefixRule),
    ),
  );
  addAccountFlags(list).action(runList);
  const query = subcommand('query', 'Show the words of a list.').argument('<id>', 'id of the list');
  addAccountFlags(query).action(runQuery);
  const remove = subcommand('delete', 'Delete a list.').argument('<id>', 'id of the list');
  addAccountFlags(remove).action(runDelete);
  addHelpText(command, {
    examples: [
      ['fun-asr vocabulary create demo words.txt', 'prints the id of the new list'],
      ['fun-asr vocabulary create demo - --lang en', 'from standard input'],
      ['fun-asr vocabulary list', ''],
      ['fun-asr vocabulary update vocab-demo-24ee words.json', ''],
      ['fun-asr transcribe talk.mp3 --vocabulary-id vocab-demo-24ee', ''],
    ],
    notes: [
      'words.txt has one hot word per line. words.json is an array such as ' +
        '[{"text": "Fun-ASR", "weight": 4, "lang": "en"}]. A list works only with the model it was created for. ' +
        'DASHSCOPE_API_KEY must be set.',
    ],
  });
}

function addWriteFlags(command: Command): Command {
  return command
    .argument('<file>', 'hot words, one per line or as a JSON array; - is standard input')
    .addOption(
      new Option(
        '--weight <n>',
        'weight of words that have none, 1 to 5; a higher weight makes a word more likely (default: 4)',
      ).argParser(parseValue(Number, integer(1, 5))),
    )
    .option('--lang <code>', 'language of words that have none; used only with the same language hint')
    .option('--no-wait', 'do not wait until the list is ready for use');
}

async function runCreate(
  prefix: string,
  file: string,
  flags: WriteFlags & { readonly model: string },
): Promise<void> {
  await interruptible(async (signal) => {
    const options = accountOptions(flags, signal);
    const hotWords = await readHotWords(file, flags);
    const id = await createVocabulary(hotWords, { ...options, prefix, model: flags.model });
    // Print the id before waiting: the list exists, even if the wait fails.
    if (flags.json) printJson({ vocabulary_id: id });
    else process.stdout.write(`${printable(id)}\n`);
    if (flags.wait) await vocabularyReady(id, options);
  });
}

async function runUpdate(id: string, file: string, flags: WriteFlags): Promise<void> {
  await interruptible(async (signal) => {
    const options = accountOptions(flags, signal);
    await updateVocabulary(id, await readHotWords(file, flags), options);
    if (flags.wait) await vocabularyReady(id, options);
    printDone(id, 'updated', flags);
  });
}

async function runDelete(id: string, flags: AccountFlags): Promise<void> {
  await interruptible(async (signal) => {
    await deleteVocabulary(id, accountOptions(flags, signal));
    printDone(id, 'deleted', flags);
  });
}

async function runList(flags: AccountFlags & { readonly prefix?: string }): Promise<void> {
  await interruptible(async (signal) => {
    const lists = await listVocabularies({ ...accountOptions(flags, signal), prefix: flags.prefix });
    if (flags.json) return lists.forEach(printJson);
    const rows = lists.map(({ vocabulary_id, status, gmt_create, gmt_modified }) => [
      vocabulary_id,
      status,
      gmt_create,
      gmt_modified,
    ]);
    process.stdout.write(table(['ID', 'STATUS', 'CREATED', 'MODIFIED'], rows));
  });
}

async function runQuery(id: string, flags: AccountFlags): Promise<void> {
  await interruptible(async (signal) => {
    const list = await queryVocabulary(id, accountOptions(flags, signal));
    if (flags.json) return printJson({ vocabulary_id: id, ...list });
    const rows = list.vocabulary.map(({ text, weight, lang }) => [text, String(weight ?? ''), lang ?? '']);
    process.stdout.write(table(['HOT WORD', 'WEIGHT', 'LANGUAGE'], rows));
    process.stdout.write(`\nModel: ${printable(list.target_model)}. Status: ${printable(list.status)}.\n`);
  });
}

function printDone(id: string, status: string, { json }: AccountFlags): void {
  if (json) printJson({ vocabulary_id: id, status });
  else process.stderr.write(`${printable(id)}: ${status}\n`);
}
