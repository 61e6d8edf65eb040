import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CallRecording } from '../../support/call-recording.ts';
import { startScriptedService } from '../../support/scripted-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { FINISHED_STATE, stateFiles } from '../../support/state-files.ts';
import { cli, jsonLines, Program } from '../run-cli.ts';

/** A folder with a call, and a service that recognises it. */
async function prepare(onFinal: () => unknown = () => {}) {
  const folder = await temporaryFolder();
  const call = await CallRecording.create(join(folder, 'call.wav'));
  const service = await startScriptedService({
    client: (client) => call.recognise(client, onFinal),
  });
  onTestFinished(() => service.close());
  const flags = '--channels split --speakers Ann,Bob -f all --json'.split(' ');
  return { folder, call, service, args: ['transcribe', folder, '--base-url', service.url, ...flags] };
}

/** Each of these runs is killed when so many sentences of both channels are final. */
const KILLED_RUNS = 3;
const FINALS_BEFORE_KILL = 5;

const read = (folder: string, format: string): Promise<string> =>
  readFile(join(folder, `call.${format}`), 'utf8');

test('writes one recording with both sides in every format', async () => {
  const { folder, call, args } = await prepare();
  const { exitCode, stdout } = await cli(args);
  expect(exitCode).toBe(0);
  const texts = call.sides.map(({ text }) => text);
  const seconds = call.sides.reduce((sum, { durationMs }) => sum + durationMs / 1000, 0);
  const [result, summary] = jsonLines(stdout) as [{ durationMs: number }, { billedSeconds: number }];
  expect(result).toMatchObject({ status: 'done', sentences: texts.flat().length, partial: false });
  expect(result.durationMs).toBe(call.sides[0]?.durationMs);
  expect(summary).toMatchObject({ done: 1, sentSeconds: seconds });
  expect(summary.billedSeconds).toBeGreaterThan(seconds - 1);
  const sentences = jsonLines(await read(folder, 'jsonl')) as {
    channel_id: number;
    speaker: string;
    sentence_id: number;
    text: string;
  }[];
  expect(sentences.map(({ sentence_id }) => sentence_id)).toEqual(sentences.map((_, at) => at + 1));
  for (const [channel, side] of texts.entries()) {
    const own = sentences.filter(({ channel_id }) => channel_id === channel);
    expect(own.map(({ text }) => text)).toEqual(side);
    expect(new Set(own.map(({ speaker }) => speaker))).toEqual(new Set([['Ann', 'Bob'][channel]]));
  }
  expect(await read(folder, 'srt')).toMatch(/\n-Ann: 0-500 ms\n-Bob: 0-700 ms\n/);
  expect(await read(folder, 'vtt')).toMatch(/\n<v Ann>-0-500 ms<\/v>\n<v Bob>-0-700 ms<\/v>\n/);
  expect(await read(folder, 'txt')).toMatch(/^Ann: 0-500 ms\nBob: 0-700 ms\n/);
  expect(await read(folder, 'tsv')).toMatch(
    /^start\tend\tchannel\tspeaker\ttext\n0\t500\t0\tAnn\t0-500 ms\n/,
  );
  expect(JSON.parse(await read(folder, 'json'))[0]).toMatchObject({ channel_id: 0, speaker: 'Ann' });
});

test('a run that is killed goes on with the position of each channel, and loses and repeats nothing', async () => {
  let program: Program | undefined;
  let [run, finals] = [0, 0];
  const { folder, call, service, args } = await prepare(async () => {
    finals += 1;
    if (run >= KILLED_RUNS || finals < FINALS_BEFORE_KILL) return;
    program?.process.kill('SIGKILL');
    await new Promise(() => {});
  });
  /** End of the last final sentence of each channel in the journal. */
  const positions = async (): Promise<number[]> => {
    const state = join(folder, '.fun-asr');
    const name = (await readdir(state)).find((entry) => entry.endsWith('.journal.jsonl'));
    const lines = name === undefined ? '' : await readFile(join(state, name), 'utf8');
    const entries = jsonLines(lines.slice(lines.indexOf('\n') + 1, lines.lastIndexOf('\n') + 1)) as {
      channel?: number;
      lengthMs?: number | null;
      sentence?: { end_time: number };
    }[];
    return [0, 1].map((channel) =>
      entries
        .filter((entry) => entry.channel === channel)
        .reduce((end, { sentence, lengthMs }) => Math.max(end, sentence?.end_time ?? 0, lengthMs ?? 0), 0),
    );
  };
  for (; run < KILLED_RUNS; run += 1) {
    finals = 0;
    const before = await (run === 0 ? [0, 0] : positions());
    const known = service.clients.length;
    program = new Program([...args, '--pace', '10']);
    expect((await program.finished()).exitCode).toBeNull();
    // A client that was killed early has not sent enough to tell its channel.
    const started = service.clients.slice(known).filter(({ audio }) => audio.length > 32_000);
    for (const client of started) {
      const channel = call.channelOf(client);
      expect(call.sides[channel]?.startMs(client)).toBe(before[channel]);
    }
  }
  const known = await positions();
  expect(Math.min(...known)).toBeGreaterThan(0);
  const last = await cli(args);
  expect(last.exitCode).toBe(0);
  const sentences = jsonLines(await read(folder, 'jsonl')) as { channel_id: number; text: string }[];
  for (const [channel, { text }] of call.sides.entries()) {
    expect(sentences.filter(({ channel_id }) => channel_id === channel).map((one) => one.text)).toEqual(text);
  }
  const sent = call.sides.reduce(
    (sum, { durationMs }, channel) => sum + durationMs - (known[channel] ?? 0),
    0,
  );
  expect(jsonLines(last.stdout).at(-1)).toMatchObject({ sentSeconds: sent / 1000 });
  expect(await stateFiles(folder)).toEqual(FINISHED_STATE);
});

test('counts every channel in the estimated cost', async () => {
  const folder = await temporaryFolder();
  await CallRecording.create(join(folder, 'call.wav'));
  const env = { DASHSCOPE_API_KEY: 'sk-test' };
  const cost = async (...flags: string[]): Promise<number> => {
    const { stdout } = await cli(['transcribe', folder, '--dry-run', '--json', ...flags], { env });
    const summary = jsonLines(stdout).at(-1) as { estimatedCost: number };
    return summary.estimatedCost;
  };
  expect((await cost('--channels', 'split')) / (await cost())).toBeCloseTo(2);
});

test('refuses names of speakers without separate channels', async () => {
  const { args } = await prepare();
  const { exitCode, stderr } = await cli(args.map((flag) => (flag === 'split' ? 'mix' : flag)));
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('speakers');
});

test.each([
  ['no bytes', ''],
  ['text', 'This is not audio.'],
])('names standard input, not its copy, when it contains %s', async (_, content) => {
  const folder = await temporaryFolder();
  const flags = '--channels split --engine local'.split(' ');
  const stdin = join(folder, 'input');
  await writeFile(stdin, content);
  const { exitCode, stderr } = await cli(['transcribe', '-', ...flags, '-o', folder], { stdin });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/error: standard input: (it contains|contains|the file is)/);
  expect(stderr).not.toContain('fun-asr-');
});
