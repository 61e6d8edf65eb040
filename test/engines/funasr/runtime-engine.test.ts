import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { FunAsrError } from '../../../lib/core/errors.ts';
import {
  type FunAsrRuntimeOptions,
  openFunAsrRuntime,
  RuntimeEngine,
} from '../../../lib/engines/funasr/runtime-engine.ts';
import { recognize } from '../../../lib/recognize.ts';
import type { EngineSentence } from '../../../lib/service/engine.ts';
import { type FunasrScript, startFunasrServer } from '../../support/funasr-server.ts';
import { startTlsFront } from '../../support/tls-front.ts';

const TIMERS = { connectMs: 5000, resultMs: 20_000, settleMs: 100 };
const SECOND = 32_000;

/** Audio of which each part is a tone of a level, or silence. */
function audioOf(...parts: readonly (readonly [seconds: number, level: number])[]): Buffer {
  return Buffer.concat(
    parts.map(([seconds, level]) => {
      const pcm = Buffer.alloc(seconds * SECOND);
      for (let at = 0; at < pcm.length; at += 2) pcm.writeInt16LE((at / 2) % 16 < 8 ? level : -level, at);
      return pcm;
    }),
  );
}

const SPEECH = audioOf([3, 8000]);

interface Run {
  readonly options?: Partial<FunAsrRuntimeOptions>;
  readonly timers?: typeof TIMERS;
  readonly language?: string;
  readonly audio?: Buffer;
}

/** Sends audio to a scripted server, in chunks of an odd size. */
async function recognise(script: FunasrScript, { options, timers, language, audio = SPEECH }: Run = {}) {
  await using server = await startFunasrServer(script);
  const engine = new RuntimeEngine({ baseUrl: server.url, ...options }, timers ?? TIMERS);
  const all: EngineSentence[] = [];
  const stream = engine.open({
    language,
    maxSentenceSilence: 800,
    partials: true,
    onSentence: (sentence) => all.push(sentence),
  });
  let error: unknown;
  try {
    for (let at = 0; at < audio.length; at += 3201) await stream.write(audio.subarray(at, at + 3201));
    await stream.end();
  } catch (reason) {
    error = reason;
  }
  await engine.close();
  const finals = all.filter(({ end_time }) => end_time !== null);
  return { all, finals, sessions: server.sessions, error: error as FunAsrError | undefined };
}

const CHINESE_STAMPS = [
  [400, 600],
  [600, 800],
  [800, 1000],
  [1000, 1200],
];

describe('a FunASR runtime server', () => {
  it('is sent the documented messages, all audio in frames of 60 ms, and no key', async () => {
    process.env['DASHSCOPE_API_KEY'] = 'sk-0123456789abcdef';
    const ends: unknown[] = [];
    const { sessions, error } = await recognise(
      {
        end: (session, _, message) => {
          ends.push(message);
          session.result('2pass-offline', '', true);
        },
      },
      { options: { hotWords: { 阿里巴巴: 20 }, itn: false }, language: 'zh' },
    );
    delete process.env['DASHSCOPE_API_KEY'];
    expect(error).toBeUndefined();
    const [session] = sessions;
    expect(session?.start).toEqual({
      mode: '2pass',
      wav_name: expect.any(String),
      wav_format: 'pcm',
      audio_fs: 16_000,
      is_speaking: true,
      chunk_size: [5, 10, 5],
      chunk_interval: 10,
      itn: false,
      hotwords: '{"阿里巴巴":20}',
      svs_lang: 'zh',
    });
    expect(ends).toEqual([{ is_speaking: false, is_end: true }]);
    expect(session?.audio.equals(SPEECH)).toBe(true);
    expect(new Set(session?.frames)).toEqual(new Set([1920]));
  });

  it('corrects the partial results of the first pass with those of the second, which have measured times', async () => {
    const { all, finals } = await recognise({
      audio: (session) => {
        if (session.frames.length === 10) session.result('2pass-online', '你', false);
        if (session.frames.length === 20) session.result('2pass-online', '号世', false);
        if (session.frames.length === 30)
          session.result('2pass-offline', '你好，世界。', false, CHINESE_STAMPS);
      },
      end: (session) => session.send({ text: '', is_final: true, timestamp: 1_700_000_000_000 }),
    });
    expect(all.map(({ text, end_time }) => [text, end_time])).toEqual([
      ['你', null],
      ['你号世', null],
      ['你好，世界。', 1200],
    ]);
    expect(finals[0]).toEqual({
      begin_time: 400,
      end_time: 1200,
      text: '你好，世界。',
      words: [
        { begin_time: 400, end_time: 600, text: '你', punctuation: '' },
        { begin_time: 600, end_time: 800, text: '好', punctuation: '，' },
        { begin_time: 800, end_time: 1000, text: '世', punctuation: '' },
        { begin_time: 1000, end_time: 1200, text: '界', punctuation: '。' },
      ],
    });
  });

  it('gives English words and numbers their measured times, and splits sentences after their marks', async () => {
    const stamps = [100, 200, 300, 400, 500, 600].map((at) => [at, at + 100]);
    const { finals } = await recognise({
      end: (session) => session.result('2pass-offline', "It's 3.5 years. Well-known 谢", true, stamps),
    });
    expect(finals.map(({ text }) => text)).toEqual(["It's 3.5 years.", 'Well-known 谢']);
    expect(
      finals
        .flatMap(({ words }) => words)
        .map(({ text, begin_time, end_time }) => [text, begin_time, end_time]),
    ).toEqual([
      ["It's", 100, 200],
      [' 3.5', 200, 400],
      [' years', 400, 500],
      ['Well-known', 500, 600],
      [' 谢', 600, 700],
    ]);
    expect(finals.every(({ word_times }) => word_times === undefined)).toBe(true);
  });

  it('estimates the times of words between the first and the last one when their number is wrong', async () => {
    const { finals } = await recognise({
      end: (session) => session.result('2pass-offline', '你好世界啊', true, CHINESE_STAMPS),
    });
    expect(finals).toMatchObject([{ begin_time: 400, end_time: 1200, word_times: 'estimated' }]);
    expect(finals[0]?.words).toHaveLength(5);
  });

  it('lays out results without times over the loud part of the audio, when the session has ended', async () => {
    const audio = audioOf([1, 0], [2, 8000], [1, 0], [2, 8000], [1, 0]);
    const { all, finals } = await recognise(
      {
        audio: (session) => {
          if (session.frames.length === 60) session.result('2pass-offline', '你好世界。', false);
        },
        end: (session) => session.result('2pass-offline', '谢谢大家。', true),
      },
      { audio },
    );
    expect(all[0]).toMatchObject({ text: '你好世界。', end_time: null });
    expect(finals).toMatchObject([
      { text: '你好世界。', word_times: 'estimated' },
      { text: '谢谢大家。', word_times: 'estimated' },
    ]);
    const close = (actual: number | null | undefined, expected: number): void =>
      expect(Math.abs(Number(actual) - expected)).toBeLessThanOrEqual(100);
    close(finals[0]?.begin_time, 1000);
    close(finals[0]?.end_time, 3000);
    close(finals[1]?.end_time, 6000);
  });

  it('reads one result at the end with offline, whose last message is not final', async () => {
    const { finals, error } = await recognise(
      { end: (session) => session.result('offline', '你好，世界。', false, CHINESE_STAMPS) },
      { options: { mode: 'offline' } },
    );
    expect(error).toBeUndefined();
    expect(finals).toMatchObject([{ text: '你好，世界。', begin_time: 400, end_time: 1200 }]);
  });

  it('cuts long offline audio in pauses, and keeps the order and the times of the sessions', async () => {
    const audio = audioOf([62, 8000], [1, 0], [62, 8000], [1, 0], [5, 8000]);
    const { finals, sessions } = await recognise(
      {
        // The first session is answered after the second one has begun.
        end: (session, index) => {
          const answer = () =>
            session.result('offline', `Part ${'one two three'.split(' ')[index]}.`, false, [
              [1000, 1500],
              [2000, 2500],
            ]);
          setTimeout(answer, index === 0 ? 300 : 0);
        },
      },
      { audio, options: { mode: 'offline' } },
    );
    expect(sessions).toHaveLength(3);
    expect(Buffer.concat(sessions.map((session) => session.audio)).equals(audio)).toBe(true);
    expect(finals.map(({ text }) => text)).toEqual(['Part one.', 'Part two.', 'Part three.']);
    expect(finals[1]?.begin_time).toBe(1000 + Number(sessions[0]?.audioMs));
  });

  it('keeps the sentences of a session back until the session before it has ended', async () => {
    const { finals, sessions } = await recognise(
      {
        audio: (session, index) => {
          if (index === 1 && session.frames.length === 20) {
            session.result('2pass-offline', '后', false, [[200, 400]]);
          }
        },
        end: (session, index) => {
          const first = () => session.result('2pass-offline', '先', true, [[200, 400]]);
          if (index === 0) setTimeout(first, 300);
          else session.send({ text: '', is_final: true, timestamp: 1 });
        },
      },
      { audio: audioOf([21, 8000], [1, 0], [3, 8000]) },
    );
    expect(sessions).toHaveLength(2);
    expect(finals.map(({ text }) => text)).toEqual(['先', '后']);
  });

  it.each([
    [
      [90_000, 100],
      [200, 300],
      [300, 400],
      [400, 500],
    ],
    [
      [400, 600],
      [600, 800],
      [99_999, 99_999],
      [1000, 1200],
    ],
  ])('estimates the times when those of the server are not times of the audio: %j, …', async (...stamps) => {
    const { finals } = await recognise({
      end: (session) => session.result('2pass-offline', '你好世界', true, stamps),
    });
    expect(finals).toMatchObject([{ text: '你好世界', word_times: 'estimated' }]);
    const { begin_time = 0, end_time } = finals[0] ?? {};
    expect((end_time ?? 0) - begin_time).toBeGreaterThan(2000);
  });

  it('waits for the acknowledgement of a Python server, whose results are all final', async () => {
    const python = (text: string) => ({
      mode: '2pass-offline',
      text,
      is_final: true,
      spk_name: 'unknown',
      timestamp: [
        [10, 20],
        [20, 30],
      ],
    });
    const { finals, error } = await recognise({
      end: (session) => {
        session.send(python('第一'));
        setTimeout(() => session.send(python('第二')), 3 * TIMERS.settleMs);
        setTimeout(() => session.send({ is_end: true, is_final: true }), 4 * TIMERS.settleMs);
      },
    });
    expect(error).toBeUndefined();
    expect(finals.map(({ text, word_times }) => [text, word_times])).toEqual([
      ['第一', 'estimated'],
      ['第二', 'estimated'],
    ]);
  });

  it('keeps the text of the first pass when the server ends without the second', async () => {
    const { finals } = await recognise({
      end: (session) => {
        session.result('2pass-online', 'hello', false);
        session.result('2pass-online', 'world', false);
        session.send({ text: '', is_final: true, timestamp: 1 });
      },
    });
    expect(finals.map(({ text }) => text)).toEqual(['hello world']);
  });

  it('removes the tags of SenseVoice', async () => {
    const { finals } = await recognise({
      end: (session) => session.result('2pass-offline', '<|zh|><|NEUTRAL|><|Speech|><|woitn|>你好', true),
    });
    expect(finals.map(({ text }) => text)).toEqual(['你好']);
  });
});

describe('a FunASR runtime server that fails', () => {
  it.each<[string, string, FunasrScript]>([
    [
      'closes early',
      'E_CONNECTION_LOST',
      { audio: ({ frames, socket }) => void (frames.length === 20 && socket.close()) },
    ],
    ['closes instead of the last result', 'E_CONNECTION_LOST', { end: ({ socket }) => socket.close(1000) }],
    [
      'closes after a sentence that is not the last',
      'E_CONNECTION_LOST',
      {
        end: (session) => {
          session.result('2pass-offline', '你好', false);
          session.socket.close();
        },
      },
    ],
    ['sends garbage', 'E_PROTOCOL', { end: (session) => session.send('<html>') }],
    ['sends a text that is not a string', 'E_PROTOCOL', { end: (session) => session.send({ text: 7 }) }],
    [
      'sends a huge message',
      'E_PROTOCOL',
      { end: (session) => session.result('offline', 'a'.repeat(2_000_000), false) },
    ],
    [
      'sends too much text',
      'E_PROTOCOL',
      {
        end: (session) => {
          for (let n = 0; n < 3; n += 1) session.result('2pass-online', 'a '.repeat(250_000), false);
        },
      },
    ],
    [
      'reports an error',
      'E_ENGINE',
      { end: (session) => session.send({ is_end: true, is_final: false, error: 'out of memory' }) },
    ],
  ])('that %s is a failure that is retried', async (_, code, script) => {
    const { error, finals } = await recognise(script);
    expect(error).toBeInstanceOf(FunAsrError);
    expect(error).toMatchObject({ code, retryable: true });
    expect(finals).toEqual([]);
  });

  it('times out when it is silent, and names the server', async () => {
    const { error } = await recognise(
      {},
      { timers: { ...TIMERS, resultMs: 1 }, audio: audioOf([0.3, 8000]) },
    );
    expect(error).toMatchObject({ code: 'E_TIMEOUT', retryable: true });
    expect(error?.message).toContain('127.0.0.1');
  });

  it('cannot be reached', async () => {
    const { error } = await recognise({}, { options: { baseUrl: 'ws://127.0.0.1:1' } });
    expect(error).toMatchObject({ code: 'E_CONNECT', retryable: true });
  });
});

describe('the certificate of a FunASR runtime server', () => {
  const script: FunasrScript = {
    end: (session) => session.result('2pass-offline', '你好', true, CHINESE_STAMPS.slice(2)),
  };

  it('is checked, and the error names the option that accepts any', async () => {
    await using server = await startFunasrServer(script);
    await using front = await startTlsFront(server.port);
    const baseUrl = `wss://localhost:${front.port}`;
    const { error } = await recognise(script, { options: { baseUrl } });
    expect(error).toMatchObject({ code: 'E_TLS', retryable: false });
    expect(error?.hint).toContain('trustAnyCertificate');
    expect(server.sessions).toEqual([]);
    const trusting = await recognise(script, { options: { baseUrl, trustAnyCertificate: true } });
    expect(trusting.finals.map(({ text }) => text)).toEqual(['你好']);
  });
});

describe('the engine funasr of recognize()', () => {
  it('connects to the server, and warns of a parameter that has no effect', async () => {
    await using server = await startFunasrServer({
      end: (session) => session.result('2pass-offline', '你好', true, CHINESE_STAMPS.slice(2)),
    });
    const stage = recognize({ engine: 'funasr', baseUrl: server.url, maxSentenceSilence: 400 });
    const warnings: string[] = [];
    stage.on('warning', ({ message }) => warnings.push(message));
    const texts: string[] = [];
    stage.on('data', ({ text }) => texts.push(text));
    await pipeline(Readable.from([SPEECH]), stage);
    expect(texts).toEqual(['你好']);
    expect(warnings).toEqual(['option maxSentenceSilence has no effect on the FunASR runtime server']);
  });

  it('is named by a failure that only its client has noticed', async () => {
    await using server = await startFunasrServer({});
    const stage = recognize({ engine: 'funasr', baseUrl: server.url, finishTimeoutMs: 100, maxRetries: 0 });
    await expect(pipeline(Readable.from([SPEECH]), stage.resume())).rejects.toMatchObject({
      code: 'E_TIMEOUT',
      message: expect.stringMatching(/^the FunASR runtime server did not finish the task within/),
      hint: expect.stringMatching(/^The server may be overloaded/),
    });
  });

  it('is no local model in the error of a language that it does not have', () => {
    const options = { engine: 'funasr', baseUrl: 'ws://127.0.0.1:9' } as const;
    expect(() => recognize({ ...options, languageHints: ['fr'] })).toThrow(
      expect.objectContaining({
        code: 'E_LANGUAGE',
        message: 'a model of the FunASR runtime server recognises zh, yue, en, ja, ko only, not fr',
        hint: expect.stringMatching(/^Leave the language out/),
      }),
    );
    expect(() => recognize({ ...options, languageHints: ['zh-CN'] })).toThrow(
      expect.objectContaining({ hint: 'Write the language as zh.' }),
    );
  });

  it('has options that no other engine accepts', () => {
    expect(() => recognize({ engine: 'local', itn: false })).toThrow(
      expect.objectContaining({ code: 'E_OPTION' }),
    );
  });
});

describe('openFunAsrRuntime', () => {
  it.each([
    'ws://10.0.0.7:10095',
    'ws://192.168.1.2:10095',
    'ws://gpu-box:10095',
    'ws://gpu.local:10095',
    'ws://[fd00::1]:10095',
    'wss://asr.example.com:10095/',
  ])('accepts the address %s', (baseUrl) => {
    expect(openFunAsrRuntime({ baseUrl }).model).toBe('funasr-2pass');
  });

  it.each([
    ['ws://asr.example.com:10095', 'unencrypted'],
    ['ws://8.8.8.8:10095', 'unencrypted'],
    ['ws://[2001:db8::1]', 'unencrypted'],
    ['https://gpu-box:10095', 'wss://gpu-box:10095'],
    ['gpu-box', 'not a valid URL'],
    ['ws://user:secret@gpu-box', 'password'],
  ])('rejects the address %s', (baseUrl, reason) => {
    let error: unknown;
    try {
      openFunAsrRuntime({ baseUrl });
    } catch (refusal) {
      error = refusal;
    }
    expect(error).toMatchObject({ code: 'E_OPTION' });
    const { message, hint } = error as FunAsrError;
    expect(`${message} ${hint}`).toContain(reason);
    expect(message).not.toContain('secret');
  });

  it.each([[{ hotWords: { word: 'much' } }], [{ mode: 'online' }], [{ itn: 1 }]])(
    'rejects the options %j',
    (options) => {
      const wrong = { baseUrl: 'ws://127.0.0.1:1', ...options } as unknown as FunAsrRuntimeOptions;
      expect(() => openFunAsrRuntime(wrong)).toThrow(expect.objectContaining({ code: 'E_OPTION' }));
    },
  );
});
