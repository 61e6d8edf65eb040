import { Argument, type Command, Option } from 'commander';
import { PREFIX } from '../../account/hot-words.ts';
import {
  createVocabulary,
  deleteVocabulary,
  listVocabularies,
  queryVocabulary,
  updateVocabulary,
} from '../../account/vocabulary.ts';
import { vocabularyReady } from '../../account/vocabulary-ready.ts';
import { integer } from '../../core/options.ts';
import { DEFAULT_MODEL } from '../../protocol/models.ts';
import { type AccountFlags, accountOptions, addAccountFlags } from '../flags/account-flags.ts';
import { parsed } from '../flags/parse-value.ts';
import { type HotWordDefaults, readHotWords } from '../run/read-hot-words.ts';
import { interruptible } from '../run/interruptible.ts';
import { printJson } from '../terminal/print-json.ts';
import { printable } from '../terminal/printable.ts';
import { table } from '../terminal/table.ts';

const EXAMPLES = `
Examples:
  fun-asr vocabulary create demo words.txt           a list of one hot word a line; prints its id
  fun-asr vocabulary create demo - --lang en         from standard input
  fun-asr vocabulary list
  fun-asr vocabulary update vocab-demo-24ee words.json
  fun-asr transcribe talk.mp3 --vocabulary-id vocab-demo-24ee

A list works with the model that it was made for, and no other. words.json is an array such as
[{"text": "Fun-ASR", "weight": 4, "lang": "en"}]. The account needs DASHSCOPE_API_KEY.`;

type WriteFlags = AccountFlags & HotWordDefaults & { readonly wait: boolean };

export function define(command: Command): void {
  command.addHelpText('after', EXAMPLES);
  const subcommand = (name: string, description: string): Command =>
    command.command(name).description(description);
  const create = subcommand('create', 'Make a hot-word list, and print its id.')
    .addArgument(new Argument('<prefix>', 'stands in the id').argParser(parsed(String, PREFIX)))
    .option('-m, --model <name>', 'the only model that the list works with', DEFAULT_MODEL);
  addAccountFlags(addWriteFlags(create)).action(runCreate);
  const update = subcommand('update', 'Replace all words of a list.').argument('<id>', 'of the list');
  addAccountFlags(addWriteFlags(update)).action(runUpdate);
  const list = subcommand('list', 'Show the lists of the account.').addOption(
    new Option('--prefix <prefix>', 'only those made with it').argParser(parsed(String, PREFIX)),
  );
  addAccountFlags(list).action(runList);
  const query = subcommand('query', 'Show the words of a list.').argument('<id>', 'of the list');
  addAccountFlags(query).action(runQuery);
  const remove = subcommand('delete', 'Delete a list.').argument('<id>', 'of the list');
  addAccountFlags(remove).action(runDelete);
}

function addWriteFlags(command: Command): Command {
  const weight = new Option(
    '--weight <n>',
    'of words that have none, 1 to 5: the higher, the sooner heard (4)',
  );
  return command
    .argument('<file>', 'hot words, one a line or as a JSON array; - is standard input')
    .addOption(weight.argParser(parsed(Number, integer(1, 5))))
    .option('--lang <code>', 'of words that name no language: they count with this language hint only')
    .option('--no-wait', 'do not wait until the list can be used');
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
    // Before the wait: whatever happens then, the list is there and its id is known.
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
    done(id, 'updated', flags);
  });
}

async function runDelete(id: string, flags: AccountFlags): Promise<void> {
  await interruptible(async (signal) => {
    await deleteVocabulary(id, accountOptions(flags, signal));
    done(id, 'deleted', flags);
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
    process.stdout.write(`\nFor ${printable(list.target_model)}; status ${printable(list.status)}.\n`);
  });
}

function done(id: string, what: string, { json }: AccountFlags): void {
  if (json) printJson({ vocabulary_id: id, status: what });
  else process.stderr.write(`${printable(id)} is ${what}\n`);
}
