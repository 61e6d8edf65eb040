// Runs the steps of the Dockerfile without Docker: in an overlay over this machine, as root, on Linux with `unshare`.
//
//   node bench/dockerfile.mjs
//
// The base image is replaced by this machine and the Node.js of the npm registry that the Dockerfile names; RUN, COPY, ENV,
// WORKDIR and USER are done as Docker does them. Then a recording is transcribed with the entry point, as the user of the
// image and without network. Exits with 1 if a step fails, if the transcript is wrong, or if the user is root.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readStages } from './install/dockerfile.mjs';
import { run } from './install/run.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'fun-asr-dockerfile-'));
try {
  const stages = readStages(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
  const context = copyContext();
  const folders = new Map();
  for (const [index, stage] of stages.entries()) {
    const folder = join(work, `stage-${index}`);
    folders.set(stage.name, folder);
    for (const part of ['upper', 'work', 'merged']) mkdirSync(join(folder, part), { recursive: true });
    prepare(folder, stage);
    for (const step of stage.steps) runStep(folder, step, { context, folders });
  }
  transcribe(join(work, `stage-${stages.length - 1}`), stages.at(-1));
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The files that Docker would get: those that .dockerignore includes again, without what git ignores. */
function copyContext() {
  const context = join(work, 'context');
  const included = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  for (const name of included) cpSync(join(ROOT, name), join(context, name), { recursive: true });
  return context;
}

/** Puts the Node.js of the base image and the user `node` into a stage. */
function prepare(folder, { image }) {
  const [, version] = /^node:(\d+)/.exec(image) ?? [];
  const node = join(work, `node-${version}`);
  mkdirSync(node, { recursive: true });
  writeFileSync(join(node, 'package.json'), '{ "private": true }');
  run('npm', ['install', `node@${version}`], { cwd: node });
  const bin = join(folder, 'upper/usr/local/bin/node');
  mkdirSync(dirname(bin), { recursive: true });
  cpSync(join(node, 'node_modules/node/bin/node'), bin, { dereference: true });
  inside(folder, ['sh', '-c', 'useradd --create-home node']);
}

function runStep(folder, { keyword, text, sources, target, from, env, directory }, { context, folders }) {
  if (keyword === 'COPY') {
    const origin = from === undefined ? context : join(folders.get(from), 'upper');
    const place = join(folder, 'upper', target.startsWith('/') ? target : join(directory, target));
    mkdirSync(place, { recursive: true });
    run('sh', ['-c', `cp -r ${sources.join(' ').replaceAll(/(^| )\//g, '$1./')} ${place}`], { cwd: origin });
  } else {
    mkdirSync(join(folder, 'upper', directory), { recursive: true });
    inside(folder, ['sh', '-c', `cd ${directory} && ${text}`], env);
  }
  console.log(`${keyword} ${text}: ok`);
}

function transcribe(folder, { env, user, directory, entryPoint }) {
  const data = join(folder, 'upper', directory);
  mkdirSync(data, { recursive: true });
  cpSync(join(ROOT, 'fixtures/himself.ogg'), join(data, 'talk.ogg'));
  inside(folder, ['chown', user, directory]);
  const name = inside(folder, ['su', user, '-c', 'id -un']).trim();
  const command = `cd ${directory} && ${entryPoint.join(' ')} transcribe talk.ogg`;
  // Without network, as in Docker with `--network none`, this machine itself can still be reached.
  const program = `ip link set lo up && exec su ${user} -c '${command}'`;
  inside(folder, ['unshare', '--net', 'sh', '-c', program], env);
  const text = readFileSync(join(data, 'talk.srt'), 'utf8');
  if (name === 'root' || !/himself/.test(text)) throw new Error(`user ${name}, transcript ${text}`);
  console.log(`transcribed as ${name}, without network: ok`);
}

/** Runs a command with the root of a stage. */
function inside(folder, command, env = {}) {
  const [upper, workdir, merged] = ['upper', 'work', 'merged'].map((part) => join(folder, part));
  const mount = `mount -t overlay overlay -o lowerdir=/,upperdir=${upper},workdir=${workdir} ${merged} \
    && mount -t proc proc ${merged}/proc && mount --rbind /dev ${merged}/dev && exec chroot ${merged} "$@"`;
  const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', mount, 'sh', ...command], {
    encoding: 'utf8',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...proxies(), ...env },
  });
  if (status === 0) return stdout;
  throw new Error(`${command.join(' ')} failed with ${status}\n${stdout}${stderr}`);
}

/** Settings of this machine for certificates and proxies, which are those of the network and not of the image. */
function proxies() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /proxy|CA_CERTS|SSL_CERT|CA_BUNDLE/i.test(name)),
  );
}
