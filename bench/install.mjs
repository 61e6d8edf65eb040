// Installs the packed package in an empty folder and uses it, with several versions of Node.js from the npm registry.
//
//   npm run build && node bench/install.mjs [versions...]      default: 20 22 24
//   npm run build && node bench/install.mjs current            only the running Node.js, with the models of this machine
//
// For each version: the command line, a first transcript by the local engine (with several versions, its model is
// downloaded into an empty cache first), the types under strict TypeScript with `nodenext` and `bundler`, and both bundles
// of docs/bundling.md. Exits with 1 if one of them fails.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLED, BUNDLES, TYPED } from './install/consumer.mjs';
import { run } from './install/run.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WORDS = /himself/;

const versions = process.argv.slice(2);
if (versions.length === 0) versions.push('20', '22', '24');
const work = mkdtempSync(join(tmpdir(), 'fun-asr-install-'));
try {
  const archive = pack();
  for (const version of versions) check(version, archive);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Packs what was built. `prepack` would build it again while other programs use it. */
function pack() {
  const [{ filename, files }] = JSON.parse(
    run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', work], { cwd: ROOT }),
  );
  console.log(`packed: ${filename}, ${files.length} files`);
  return join(work, filename);
}

function check(version, archive) {
  const folder = join(work, `project-${version}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  cpSync(join(ROOT, 'fixtures/himself.ogg'), join(folder, 'talk.ogg'));
  const env = environmentOf(version);
  const call = (program, ...args) => run(program, args, { cwd: folder, env });
  const step = (name, use) => {
    const start = performance.now();
    const detail = use();
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(`Node.js ${version}: ${name}: ok${detail ? `, ${detail}` : ''} (${seconds} s)`);
  };
  const bin = join(folder, 'node_modules', '.bin', 'fun-asr');

  step('install', () => {
    call('npm', 'install', archive);
    return call('node', '--version').trim();
  });
  step('command line', () => {
    call(bin, 'doctor', '--json');
    return call(bin, '--version').trim();
  });
  step('first transcript', () => {
    call(bin, 'transcribe', 'talk.ogg', '--engine', 'local');
    return expectWords(readFileSync(join(folder, 'talk.srt'), 'utf8'));
  });
  step('types', () => {
    writeFileSync(join(folder, 'program.ts'), TYPED);
    const compilers = [join(ROOT, 'node_modules', '.bin', 'tsc')];
    if (version === 'current') {
      const types = join('node_modules', '@types', 'node');
      mkdirSync(dirname(join(folder, types)), { recursive: true });
      if (!existsSync(join(folder, types))) symlinkSync(join(ROOT, types), join(folder, types), 'junction');
    } else {
      call('npm', 'install', '@types/node@20', 'typescript@5.9');
      compilers.push(join(folder, 'node_modules', '.bin', 'tsc'));
    }
    for (const compiler of compilers) {
      for (const [module, resolution] of [
        ['nodenext', 'nodenext'],
        ['esnext', 'bundler'],
      ]) {
        const settings = ['--module', module, '--moduleResolution', resolution, '--target', 'es2023'];
        call(compiler, '--noEmit', '--strict', ...settings, '--types', 'node', 'program.ts');
      }
    }
    return compilers.length > 1 ? 'TypeScript 5.9 and 7, nodenext and bundler' : 'nodenext and bundler';
  });
  step('bundles', () => {
    writeFileSync(join(folder, 'app.mjs'), BUNDLED);
    for (const { file, args } of BUNDLES) {
      call(
        join(ROOT, 'node_modules', '.bin', 'esbuild'),
        'app.mjs',
        '--bundle',
        '--platform=node',
        ...args,
        `--outfile=${file}`,
      );
      expectWords(call('node', file, 'talk.ogg'));
    }
    return BUNDLES.map(({ file }) => file).join(' and ');
  });
}

/** The environment in which `node` is the version, without settings of the user. */
function environmentOf(version) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(DASHSCOPE_|FFMPEG_|npm_)/.test(name));
  const env = Object.fromEntries(kept);
  if (version === 'current') {
    // The script of ffmpeg-static would download FFmpeg from a host that is not the registry: it fails at once.
    const FFMPEG_BINARIES_URL = 'http://127.0.0.1:9';
    return { ...env, FFMPEG_BINARIES_URL, PATH: `${dirname(process.execPath)}${delimiter}${env.PATH}` };
  }
  const folder = join(work, `node-${version}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  run('npm', ['install', `node@${version}`], { cwd: folder });
  const bin = join(folder, 'node_modules', 'node', 'bin');
  return { ...env, PATH: `${bin}${delimiter}${env.PATH}`, XDG_CACHE_HOME: join(work, 'cache') };
}

function expectWords(text) {
  if (WORDS.test(text)) return '';
  throw new Error(`the transcript does not match ${WORDS}: ${text}`);
}
