import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LineFile, type PlacedLine } from '../../../lib/core/system/line-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function all(file: LineFile, from?: number, isWhole?: boolean): Promise<PlacedLine[]> {
  const lines: PlacedLine[] = [];
  for await (const line of file.lines(from, isWhole)) lines.push(line);
  return lines;
}

it('a line is read by its place, also across blocks and with characters of several bytes', async () => {
  const path = join(await temporaryFolder(), 'lines.jsonl');
  const texts = Array.from({ length: 300 }, (_, index) => `${index} ${'会议记录'.repeat(index)}`);
  await writeFile(path, texts.map((text) => `${text}\n`).join('\n'));
  const file = new LineFile(path);
  const lines = await all(file);
  expect(lines.map(({ line }) => line)).toEqual(texts);
  for (const { line, start } of lines.toReversed()) expect(await file.line(start)).toBe(line);
});

it('a last line without an end is damaged, or not complete yet', async () => {
  const path = join(await temporaryFolder(), 'lines.jsonl');
  await writeFile(path, 'one\ntwo');
  const file = new LineFile(path);
  expect((await all(file)).map(({ line }) => line)).toEqual(['one', 'two']);
  const lines = file.lines(0, false);
  expect(await lines.next()).toEqual({ done: false, value: { line: 'one', start: 0 } });
  expect(await lines.next()).toEqual({ done: true, value: 4 });
  await appendFile(path, ' and three\n');
  expect(await all(file, 4, false)).toEqual([{ line: 'two and three', start: 4 }]);
});

it('lines that are appended at the same time can be read by their places', async () => {
  const path = join(await temporaryFolder(), 'lines.jsonl');
  await writeFile(path, 'cut by a cra');
  const file = new LineFile(path);
  expect(await file.line(0)).toBe('cut by a cra');
  const texts = Array.from({ length: 50 }, (_, index) => [`${index} 一`, `${index} b`]);
  const places = await Promise.all(texts.map((lines) => file.append(lines, true)));
  for (const [index, lines] of texts.entries()) {
    expect(await Promise.all(places[index]?.map((place) => file.line(place)) ?? [])).toEqual(lines);
  }
  expect(await file.line(0)).toBe('cut by a cra');
  expect((await readFile(path, 'utf8')).split('\n').filter(Boolean)).toHaveLength(101);
});

it('a missing file has no lines, and one that cannot be read is an error', async () => {
  const folder = await temporaryFolder();
  expect(await all(new LineFile(join(folder, 'missing.jsonl')))).toEqual([]);
  await expect(all(new LineFile(folder))).rejects.toMatchObject({ code: 'E_READ' });
});
