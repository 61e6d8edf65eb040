import { type CompletedCommand, type CompletedFlag, commandsOf, type Offer } from './command-tree.ts';

/** Writes the completion of zsh: to be sourced, or a file `_fun-asr` in a folder of `$fpath`. */
export function zshCompletion(tree: CompletedCommand): string {
  const { name } = tree;
  const functions = [tree, ...commandsOf(tree)].map((command) =>
    command.commands.length > 0 ? groupFunction(command) : commandFunction(command),
  );
  return `#compdef ${name}
# zsh completion of ${name}
${functions.join('\n')}
if [ "$funcstack[1]" = '_${name}' ]; then
  _fun_asr "$@"
else
  compdef _fun_asr ${name}
fi
`;
}

function functionName({ path }: CompletedCommand): string {
  return ['_fun_asr', ...path.split(' ').filter(Boolean)].join('_');
}

function commandFunction(command: CompletedCommand): string {
  const argument = command.argument.kind === 'nothing' ? [] : [`'*:argument:${action(command.argument)}'`];
  const specs = [...command.flags.flatMap(flagSpecs), ...argument];
  return `${functionName(command)}() {
  _arguments -s -S ${specs.map((spec) => `\\\n    ${spec}`).join(' ')}
}`;
}

function groupFunction(command: CompletedCommand): string {
  const { commands } = command;
  const described = commands.map(({ name, summary }) => quote(`${name}:${summary}`));
  return `${functionName(command)}() {
  local curcontext="$curcontext" state line
  local -a commands=(
    ${described.join('\n    ')}
  )
  _arguments -C -S ${command.flags
    .flatMap(flagSpecs)
    .map((spec) => `\\\n    ${spec}`)
    .join(' ')} \\
    '1: :->command' '*:: :->arguments'
  case $state in
    command) _describe -t commands command commands ;;
    arguments)
      case $line[1] in
${commands.map((below) => `        ${below.name}) ${functionName(below)} ;;`).join('\n')}
      esac
      ;;
  esac
}`;
}

function flagSpecs({ names, description, value, isValueOptional }: CompletedFlag): string[] {
  const excluded = names.length > 1 ? `(${names.join(' ')})` : '';
  const text = description.replaceAll(/[[\]:\\]/g, '\\$&');
  const values = value ? `${isValueOptional ? '::' : ':'}value:${action(value)}` : '';
  return names.map((name) => {
    const joint = value ? (name.startsWith('--') ? '=' : '+') : '';
    return quote(`${excluded}${name}${joint}[${text}]${values}`);
  });
}

function action(offer: Offer): string {
  if (offer.kind === 'files') return '_files';
  if (offer.kind === 'folders') return '_files -/';
  if (!('words' in offer)) return ' ';
  return offer.kind === 'list' ? `_values -s , value ${offer.words.join(' ')}` : `(${offer.words.join(' ')})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
