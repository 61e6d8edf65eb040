import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/** A sentence of our own transcripts. */
export const LINE = {
  sentence_id: 1,
  begin_time: 320,
  end_time: 2912,
  text: 'He was not an ill-disposed young man.',
  words: [],
  sentence_end: true,
  request_id: 'r',
};
/** A `.jsonl` with this sentence. */
export const TALK = `${JSON.stringify(LINE)}\n`;
/** How the SRT of {@link TALK} begins. */
export const CUE = '1\n00:00:00,320 --> 00:00:02,9';
/** Documents of other programs. */
export const WHISPER = JSON.stringify({
  text: '',
  language: 'chinese',
  segments: [{ start: 1, end: 3.5, text: '我们今天讲两件事。', speaker: 'Ann' }],
});
export const DEEPGRAM = JSON.stringify({
  results: { channels: [], utterances: [{ start: 0, end: 2, transcript: 'Good morning.', speaker: 1 }] },
});
export const DASHSCOPE = JSON.stringify({
  transcripts: [{ channel_id: 0, sentences: [{ begin_time: 0, end_time: 2000, text: 'Hello there.' }] }],
});

/** A folder with files. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** The names in a folder, without the state of the program. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== '.fun-asr').toSorted();
}
