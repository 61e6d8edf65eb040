/** Selects variables for the environment of a child process. Everything else, such as keys and proxies, stays out. */
export function selectVariables(
  names: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const given = names.filter((name) => env[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, env[name]]));
}
