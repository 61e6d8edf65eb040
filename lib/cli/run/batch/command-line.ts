import { programName } from '../../terminal/program-name.ts';
import { printable } from '../../terminal/printable.ts';

/** The command that started this program, as it is typed into a shell. */
export function commandLine(
  args: readonly string[] = process.argv.slice(2),
  env: NodeJS.ProcessEnv = process.env,
): string {
  // In a clone: `npm run transcribe -- talk.mp3` adds the name of the command itself.
  const [command, rest] =
    env['npm_lifecycle_event'] === 'transcribe' && args[0] === 'transcribe'
      ? ['npm run transcribe --', args.slice(1)]
      : [programName(env), args];
  return [command, ...rest.map(quote)].join(' ');
}

function quote(arg: string): string {
  if (/^[\w@%+=:,./-]+$/.test(arg)) return arg;
  return printable(`'${arg.replaceAll("'", "'\\''")}'`);
}
