import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../fixtures/models/tones.mjs';
import { openFunAsrRuntime, transcribe, type TranscribeOptions } from '../../lib/index.ts';
import { countingEngine } from '../support/counting-engine.ts';

const RECORDING = fileURLToPath(new URL('../../fixtures/leisure.wav', import.meta.url));
const MULTILINGUAL = fileURLToPath(new URL('../../fixtures/models/sense-voice/', import.meta.url));

async function textOf(options: TranscribeOptions): Promise<string> {
  let text = '';
  for await (const sentence of transcribe(RECORDING, options)) text += sentence.text;
  return text;
}

describe('the language of a recording', () => {
  it.each(['yue', 'ko'])(
    'may be %s with a local model that knows it, which no model of the cloud has to',
    async (code) => {
      const text = await textOf({ engine: 'local', model: MULTILINGUAL, languageHints: [code] });
      const tokens = LANGUAGES.find((language) => language.code === code)?.tokens ?? [];
      expect(text).not.toBe('');
      expect(
        Array.from(text.replaceAll(/[\s。]/g, '')).filter(
          (character) => !tokens.join('').includes(character),
        ),
      ).toEqual([]);
    },
  );

  it('may be any with an engine whose languages are not known', async () => {
    expect(await textOf({ engine: { ...countingEngine(), languages: [] }, languageHints: ['de'] })).toContain(
      'Second 1.',
    );
  });

  it('may be one that only the engine of the caller knows', async () => {
    const engine = { ...countingEngine(), languages: ['de'] };
    expect(await textOf({ engine, languageHints: ['de'] })).toContain('Second 1.');
    await expect(textOf({ engine, languageHints: ['fr'] })).rejects.toMatchObject({
      code: 'E_LANGUAGE',
      message: expect.stringContaining('counting recognises de only, not fr'),
    });
  });

  it('may be ko with a FunASR runtime server, as the failure to reach the server shows', async () => {
    const engine = openFunAsrRuntime({ baseUrl: 'ws://127.0.0.1:9' });
    await expect(textOf({ engine, languageHints: ['ko'], maxRetries: 0 })).rejects.toMatchObject({
      code: 'E_CONNECT',
    });
    await engine.close();
  });
});
