/** What Node and native libraries need to start. */
const NODE_VARIABLES = [
  'PATH',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'TMPDIR',
];

/** The environment of a child process that runs this Node, also when that is Electron. Keys and proxies stay out. */
export function nodeEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...selectVariables(NODE_VARIABLES, env), ELECTRON_RUN_AS_NODE: '1' };
}

/** Selects variables for the environment of a child process. Everything else, such as keys and proxies, stays out. */
export function selectVariables(
  names: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const given = names.filter((name) => env[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, env[name]]));
}
