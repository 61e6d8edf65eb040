import { type CompletedCommand, type CompletedFlag, commandsOf, type Offer } from './command-tree.ts';

/** Writes the completion of fish. */
export function fishCompletion(tree: CompletedCommand): string {
  const { name } = tree;
  const paths = commandsOf(tree).map(({ path }) => `'${path}'`);
  const lines = [tree, ...commandsOf(tree)].flatMap((command) => {
    const start = `complete -c ${name} -n '__fun_asr_is "${command.path}"'`;
    const below = command.commands.map((one) => `${start} -a ${one.name} -d ${quote(one.summary)}`);
    const argument =
      command.commands.length > 0 ? [] : argumentOf(command.argument).map((rest) => `${start} ${rest}`);
    return [...below, ...argument, ...command.flags.map((flag) => `${start} ${flagOf(flag)}`)];
  });
  return `# fish completion of ${name}
function __fun_asr_is -d 'Whether the words of the line are those of a command'
  set -l path ''
  for word in (commandline -opc)[2..-1]
    set -l longer (string trim -- "$path $word")
    contains -- $longer ${paths.join(' ')}
    and set path $longer
  end
  test "$path" = "$argv[1]"
end

complete -c ${name} -f
${lines.join('\n')}
`;
}

function argumentOf(offer: Offer): string[] {
  if (offer.kind === 'nothing') return [];
  return [offer.kind === 'files' ? '-F' : `-a ${quote(valuesOf(offer))}`];
}

function flagOf({ names, description, value, isValueOptional }: CompletedFlag): string {
  const spelling = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  return [...spelling, ...valueOf(value, isValueOptional), `-d ${quote(description)}`].join(' ');
}

function valueOf(value: Offer | undefined, isOptional: boolean): string[] {
  if (!value || isOptional) return [];
  if (value.kind === 'files') return ['-r', '-F'];
  return value.kind === 'nothing' ? ['-x'] : ['-x', `-a ${quote(valuesOf(value))}`];
}

function valuesOf(offer: Offer): string {
  if (offer.kind === 'folders') return '(__fish_complete_directories)';
  if (!('words' in offer)) return '';
  const words = offer.words.join(' ');
  return offer.kind === 'list' ? `(__fish_append , ${words})` : words;
}

function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}
