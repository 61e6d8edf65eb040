import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { type Engine, findFfmpeg, openLocalEngine, type Service, startService } from 'fun-asr-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RECORDING = join(ROOT, 'fixtures/himself.ogg');

/** Prints the sentences of a recording: of the service at a URL, or of the local engine where none is given. */
const PROGRAM = `
  import { transcribe } from 'fun-asr-streams';
  const [input, baseUrl] = process.argv.slice(2);
  const options = baseUrl ? { baseUrl } : { engine: 'local' };
  void (async () => {
    for await (const { text } of transcribe(input, options)) console.log(text);
  })();
`;

/** The same with a transcription model. */
const ADAPTER_PROGRAM = `
  import { readFileSync } from 'node:fs';
  import { createFunAsr } from 'fun-asr-streams/ai-sdk';
  const [input, baseUrl] = process.argv.slice(2);
  const model = createFunAsr({ baseUrl }).transcription();
  model.doGenerate({ audio: readFileSync(input), mediaType: 'audio/ogg' }).then(({ text }) => console.log(text));
`;

/** The same in a worker thread: the first argument is the bundle, the rest are its arguments. */
const WORKER = `
  import { Worker } from 'node:worker_threads';
  const [bundle, ...argv] = process.argv.slice(2);
  new Worker(bundle, { argv });
`;

/** Settings of esbuild for the two formats, as in docs/bundling.md. */
const FORMATS: Readonly<Record<string, BuildOptions>> = {
  cjs: { format: 'cjs', outExtension: { '.js': '.cjs' } },
  esm: {
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  },
};

interface Bundle {
  readonly file: string;
  readonly folder: string;
  readonly warnings: readonly string[];
}

/** Bundles a program into a folder of its own, where the optional packages are installed or not. */
async function bundle(program: string, options: BuildOptions, hasOptionalPackages: boolean): Promise<Bundle> {
  const folder = await temporaryFolder();
  const { warnings, outputFiles } = await build({
    stdin: { contents: program, resolveDir: ROOT, sourcefile: 'program.mjs' },
    bundle: true,
    platform: 'node',
    outdir: folder,
    logLevel: 'silent',
    write: false,
    ...options,
  });
  const [output] = outputFiles ?? [];
  if (!output) throw new Error('esbuild wrote nothing');
  await writeFile(output.path, output.contents);
  if (hasOptionalPackages) await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return { file: output.path, folder, warnings: warnings.map(({ text }) => text) };
}

let engine: Engine;
let service: Service;
/** The bundles without packages beside them find FFmpeg by its variable. */
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  env = { ...process.env, FFMPEG_PATH: (await findFfmpeg()).path };
  engine = await openLocalEngine();
  service = await startService({ engine, port: 0 });
});

afterAll(async () => {
  await service.close();
  await engine.close();
});

describe.each(Object.entries(FORMATS))('bundled by esbuild as %s', (_, format) => {
  it('transcribes at a service without any package beside the bundle', async () => {
    const { file, warnings } = await bundle(PROGRAM, format, false);
    // The files of the caption page are read beside its module, which has no URL in CommonJS.
    expect(warnings.filter((text) => !text.startsWith('"import.meta" is not available'))).toEqual([]);
    const { stdout, stderr } = await run(process.execPath, [file, RECORDING, service.url], { env });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/himself/);
  });

  it('transcribes with the local engine when the optional packages are installed beside it', async () => {
    const { file } = await bundle(PROGRAM, format, true);
    expect((await run(process.execPath, [file, RECORDING])).stdout).toMatch(/himself/);
  });

  it('transcribes with the adapter for the AI SDK, without the AI SDK beside the bundle', async () => {
    const { file } = await bundle(ADAPTER_PROGRAM, format, false);
    const { stdout, stderr } = await run(process.execPath, [file, RECORDING, service.url], { env });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/himself/);
  });

  it('names the missing package when the local engine is not installed beside it', async () => {
    const { file } = await bundle(PROGRAM, format, false);
    await expect(run(process.execPath, [file, RECORDING], { env })).rejects.toMatchObject({
      stderr: expect.stringContaining('sherpa-onnx-node'),
    });
  });

  it.each([
    ['at a service', true],
    ['with the local engine', false],
  ])('transcribes %s in a worker thread', async (_where, usesService) => {
    const { file, folder } = await bundle(PROGRAM, format, true);
    const host = join(folder, 'host.mjs');
    await writeFile(host, WORKER);
    const argv = [host, file, RECORDING, ...(usesService ? [service.url] : [])];
    expect((await run(process.execPath, argv)).stdout).toMatch(/himself/);
  });
});

it('is loaded by require() in CommonJS code that is not bundled', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'program.cjs');
  await mkdir(join(folder, 'node_modules'));
  await symlink(ROOT, join(folder, 'node_modules', 'fun-asr-streams'), 'junction');
  await writeFile(file, "console.log(typeof require('fun-asr-streams').srt);");
  expect((await run(process.execPath, [file])).stdout).toBe('function\n');
});

describe('bundled as an application is', () => {
  it('for Electron: the main process of CommonJS, minified, loads every stage', async () => {
    const program = `
      import * as fun from 'fun-asr-streams';
      console.log(['decode', 'frame', 'recognize', 'srt'].map((name) => typeof fun[name]).join());
    `;
    const { file } = await bundle(program, { format: 'cjs', minify: true, external: ['electron'] }, false);
    expect((await run(process.execPath, [file])).stdout).toBe('function,function,function,function\n');
  });

  it('an ES module that makes spans and metrics', async () => {
    const program = `
      import { instrumentFunAsr } from 'fun-asr-streams/opentelemetry';
      instrumentFunAsr()();
      console.log('stopped');
    `;
    const { file } = await bundle(program, FORMATS['esm'] ?? {}, false);
    expect((await run(process.execPath, [file])).stdout).toBe('stopped\n');
  });

  it('for a serverless function: a handler of one ES module for Node 20 loads and answers', async () => {
    const program = `
      import { isSentenceEnd } from 'fun-asr-streams';
      export const handler = async (event) => ({ statusCode: 200, body: String(isSentenceEnd(event)) });
    `;
    const { file } = await bundle(program, { ...FORMATS['esm'], target: 'node20', minify: true }, false);
    const call = `const { handler } = await import(${JSON.stringify(file)}); console.log((await handler({})).body)`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', call]);
    expect(stdout).toBe('false\n');
  });
});
