/** What is typed into a shell to start this program, as it was started now. */
export function programName(env: NodeJS.ProcessEnv = process.env): string {
  // In a clone. `npm run transcribe` has only that command.
  if (['transcribe', 'fun-asr'].includes(env['npm_lifecycle_event'] ?? '')) return 'npm run fun-asr --';
  // Of a project that has it installed: with `-p`, npx finds it only together with the package.
  const isNpx = env['npm_lifecycle_event'] === 'npx' && !env['npm_config_package'];
  return isNpx ? 'npx fun-asr' : 'fun-asr';
}

/** Replaces the program's name in the commands of a text, such as `` `fun-asr engine list` ``, so that they can be pasted. */
export function withProgramName(text: string, name: string = programName()): string {
  return text.replaceAll('`fun-asr ', `\`${name} `);
}
