import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readContextFile, readVocabularyFile } from '../../../../lib/cli/flags/values/parameter-files.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

async function fileOf(content: string): Promise<string> {
  const file = join(await temporaryFolder(), 'parameter');
  await writeFile(file, content);
  return file;
}

it('reads a context as text, or as messages in JSON', async () => {
  const messages = [{ role: 'user', content: [{ type: 'input_text', text: 'Moonshine' }] }];
  expect(readContextFile(await fileOf(' two\nlines\n'))).toBe('two\nlines');
  expect(readContextFile(await fileOf(JSON.stringify(messages)))).toEqual(messages);
});

it('reads hot words one per line, as JSON array, and as JSON object', async () => {
  const lines = await fileOf('Fun-ASR\r\n\nMoonshine tiny\n');
  const array = await fileOf('[{"text":"Fun-ASR","weight":5},{"text":"Moonshine tiny"}]');
  const object = await fileOf('{"Fun-ASR": 5, "__proto__": 50}');
  expect(readVocabularyFile(lines)).toEqual({ 'Fun-ASR': 4, 'Moonshine tiny': 4 });
  expect(readVocabularyFile(array)).toEqual({ 'Fun-ASR': 5, 'Moonshine tiny': 4 });
  expect(Object.entries(readVocabularyFile(object))).toEqual([
    ['Fun-ASR', 5],
    ['__proto__', 50],
  ]);
});

it.each([
  ['[{"text":"x","lang":"en"}]', 'E_OPTION', /the hot word "x" has a lang/],
  ['[{"weight":4}]', 'E_OPTION', /a hot word has no text/],
  ['[null]', 'E_OPTION', /a hot word has no text/],
  ['{"x": 6}', 'E_OPTION', /"x" has 6/],
  ['{"x": ', 'E_OPTION', /invalid JSON/],
  ['', 'E_OPTION', /1 to 2000 words/],
])('refuses the hot words %j with the name of the file', async (content, code, reason) => {
  const file = await fileOf(content);
  expect(() => readVocabularyFile(file)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(reason) as string }),
  );
  expect(() => readVocabularyFile(file)).toThrow(file);
});

it('refuses a context that is empty, not JSON or of another shape, and a file that is missing', async () => {
  const refusalOf = async (content: string) => {
    const file = await fileOf(content);
    return () => readContextFile(file);
  };
  expect(await refusalOf(' \n')).toThrow(/the context must be a text that is not empty/);
  expect(await refusalOf('[not JSON')).toThrow(/invalid JSON/);
  expect(await refusalOf('[{"role":"system"}]')).toThrow(/role user or assistant/);
  expect(() => readContextFile('/nowhere/context.txt')).toThrow(
    expect.objectContaining({
      code: 'E_READ',
      message: expect.stringContaining('/nowhere/context.txt') as string,
    }),
  );
});
