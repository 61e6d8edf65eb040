// Draws the pictures of docs/pictures/ from what the program prints: `node bench/terminal-pictures.mjs`. With --check, it
// compares them instead, and exits with 1 if one of them is not what the program prints now.
//
// Figures that differ from run to run are left out: the speed, and the time of the run.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { terminalSvg } from './pictures/terminal-svg.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The cues of another program: they overlap, and a line is too wide. */
const DRAFT = `1
00:00:00,000 --> 00:00:03,000
The family of Dashwood had been long settled in
Sussex.

2
00:00:02,500 --> 00:00:05,000
Their estate was large.
`;

const PICTURES = [
  {
    name: 'transcribe',
    label: 'fun-asr transcribe writes subtitles of a recording; another format is made of the kept text',
    files: { 'talk.mp3': readFileSync(join(ROOT, 'fixtures/sense-and-sensibility.mp3')) },
    commands: ['fun-asr transcribe talk.mp3', 'head -n 8 talk.srt', 'fun-asr transcribe talk.mp3 -f vtt'],
  },
  {
    name: 'lint',
    label: 'fun-asr lint shows errors in subtitles of another program, and --fix repairs them',
    files: { 'draft.srt': DRAFT },
    commands: ['fun-asr lint draft.srt', 'fun-asr lint draft.srt --fix', 'cat draft.srt'],
  },
];

const isCheck = process.argv[2] === '--check';
for (const picture of PICTURES) {
  const file = join(ROOT, 'docs/pictures', `${picture.name}.svg`);
  const drawn = terminalSvg(linesOf(picture), picture.label);
  if (!isCheck) writeFileSync(file, drawn);
  else if (readFileSync(file, 'utf8') !== drawn) process.exitCode = 1;
  console.log(`docs/pictures/${picture.name}.svg: ${isCheck && process.exitCode ? 'differs' : 'ok'}`);
}

/** The commands and what they print. */
function linesOf({ files, commands }) {
  const folder = mkdtempSync(join(tmpdir(), 'fun-asr-pictures-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const program = join(folder, 'fun-asr');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${ROOT}dist/cli/main.js' "$@"\n`);
    chmodSync(program, 0o755);
    return commands.flatMap((command, index) => [
      ...(index > 0 ? [''] : []),
      `$ ${command}`,
      ...outputOf(command, folder),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function outputOf(command, folder) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(DASHSCOPE_|FFMPEG_|NO_COLOR)/.test(name));
  const env = { ...Object.fromEntries(kept), FORCE_COLOR: '1', COLUMNS: '90' };
  env.PATH = `${folder}${delimiter}${env.PATH}`;
  const { stdout } = spawnSync('sh', ['-c', `${command} 2>&1`], { cwd: folder, env, encoding: 'utf8' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/, [\d.]+× real time/, '').replace(/ in \d+:\d\d$/, ''));
}
