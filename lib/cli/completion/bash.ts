import { type CompletedCommand, type CompletedFlag, commandsOf, type Offer } from './command-tree.ts';

/**
 * Writes the completion of bash. It runs no program when the user presses Tab, and works with bash 3.2 of macOS.
 * Words that bash does not get are files: `-o default` completes them as bash does everywhere.
 */
export function bashCompletion(tree: CompletedCommand): string {
  const commands = [tree, ...commandsOf(tree)];
  const paths = commandsOf(tree).map(({ path }) => `'${path}'`);
  return `# bash completion of ${tree.name}
_fun_asr() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path='' index offer='' words=''
  # Bash makes three words of --flag=value.
  if [ "$current" = '=' ]; then
    current=''
  elif [ "$previous" = '=' ]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${path:+$path }\${COMP_WORDS[index]}" in
      ${paths.join('|')}) path="\${path:+$path }\${COMP_WORDS[index]}" ;;
    esac
  done
  case "$path:$previous" in
${commands.flatMap(({ path, flags }) => flags.flatMap((flag) => valueCase(path, flag))).join('\n')}
    *)
      case "$current" in
        -*)
          offer=words
          case "$path" in
${commands.map(({ path, flags }) => `            '${path}') words='${flags.flatMap(({ names }) => names).join(' ')}' ;;`).join('\n')}
          esac
          ;;
        *)
          case "$path" in
${commands.map((command) => `            '${command.path}') ${assignments(offerOf(command))} ;;`).join('\n')}
          esac
          ;;
      esac
      ;;
  esac
  case "$offer" in
    words) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    list)
      local begin=''
      case "$current" in *,*) begin="\${current%,*}," ;; esac
      COMPREPLY=($(compgen -P "$begin" -W "$words" -- "\${current##*,}"))
      ;;
    files) COMPREPLY=() ;;
    folders) compopt -o dirnames +o default +o bashdefault 2>/dev/null ;;
  esac
  # Without this, bash offers files where nothing fits.
  case "$offer" in files | folders) ;; *) compopt +o default +o bashdefault 2>/dev/null ;; esac
}
complete -o default -o bashdefault -F _fun_asr ${tree.name}
`;
}

function offerOf({ commands, argument }: CompletedCommand): Offer {
  return commands.length > 0 ? { kind: 'words', words: commands.map(({ name }) => name) } : argument;
}

function valueCase(path: string, { names, value }: CompletedFlag): string[] {
  if (!value) return [];
  return [`    ${names.map((name) => `'${path}:${name}'`).join('|')}) ${assignments(value)} ;;`];
}

function assignments(offer: Offer): string {
  return 'words' in offer ? `offer=${offer.kind} words='${offer.words.join(' ')}'` : `offer=${offer.kind}`;
}
