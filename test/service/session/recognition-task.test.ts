import { describe, expect, it } from 'vitest';
import type { Engine, EngineSentence } from '../../../lib/service/engine.ts';
import { RecognitionTask } from '../../../lib/service/session/recognition-task.ts';
import { countingEngine } from '../../support/counting-engine.ts';
import type { Message } from '../client.ts';

const SECOND = Buffer.alloc(32_000);

interface Parts {
  readonly engine?: Engine;
  readonly partials?: boolean;
  readonly reportUnrecognized?: boolean;
}

function start({ engine = countingEngine(), partials = false, reportUnrecognized = false }: Parts = {}) {
  const sent: Message[] = [];
  const task = new RecognitionTask({
    id: 'the-task',
    settings: { format: 'pcm', sampleRate: 16_000, maxSentenceSilence: 1300, hasHeartbeat: false },
    engine,
    partials,
    reportUnrecognized,
    limits: { silenceMs: 60_000, heartbeatMs: 1000 },
    send: (message) => sent.push(JSON.parse(message) as Message),
  });
  return { task, sent };
}

/** An engine that returns a sentence whenever the test calls `say`. */
function scriptedEngine(): { engine: Engine; say: (sentence: Partial<EngineSentence>) => void } {
  let onSentence: ((sentence: EngineSentence) => void) | undefined;
  const engine: Engine = {
    ...countingEngine({ ignoresSpeech: true }),
    open(options) {
      onSentence = options.onSentence;
      return countingEngine({ ignoresSpeech: true }).open(options);
    },
  };
  const say = (sentence: Partial<EngineSentence>): void =>
    onSentence?.({ begin_time: 0, end_time: null, text: 'a', words: [], ...sentence });
  return { engine, say };
}

/** An engine that recognises the words of one sentence, then detects speech whose words it does not recognise. */
function partlyRecognizing(): Engine {
  const base = countingEngine({ ignoresSpeech: true });
  return {
    ...base,
    open: ({ onSentence, onUnrecognized, ...options }) => ({
      ...base.open({ ...options, onSentence }),
      write: async () => {
        onSentence({ begin_time: 0, end_time: 400, text: 'a', words: [] });
        onUnrecognized?.({ begin_time: 500, end_time: 900 });
      },
    }),
  };
}

describe('speech that the engine does not recognise', () => {
  it('is sent as a final sentence without words when it is enabled', async () => {
    const { task, sent } = start({ engine: partlyRecognizing(), reportUnrecognized: true });
    await task.write(SECOND);
    expect(sent.map(({ payload }) => payload)).toMatchObject([
      { output: { sentence: { sentence_id: 1, text: 'a', sentence_end: true } } },
      {
        output: {
          sentence: {
            sentence_id: 2,
            begin_time: 500,
            end_time: 900,
            text: '',
            words: [],
            sentence_end: true,
            unrecognized: true,
          },
        },
        usage: { duration: 1 },
      },
    ]);
    expect(JSON.stringify(sent[0])).not.toContain('unrecognized');
  });

  it('is not sent otherwise: the protocol has no such sentence', async () => {
    const { task, sent } = start({ engine: partlyRecognizing() });
    await task.write(SECOND);
    expect(sent).toHaveLength(1);
  });
});

describe('RecognitionTask', () => {
  it('sends final sentences with every field of the cloud service', async () => {
    const { task, sent } = start();
    await task.write(SECOND);
    expect(sent).toEqual([
      {
        header: { task_id: 'the-task', event: 'result-generated', attributes: {} },
        payload: {
          output: {
            sentence: {
              sentence_id: 1,
              begin_time: 0,
              end_time: 1000,
              text: 'Second 1.',
              words: [
                {
                  begin_time: 0,
                  end_time: 500,
                  text: 'Second',
                  punctuation: '',
                  fixed: true,
                  speaker_id: null,
                },
                {
                  begin_time: 500,
                  end_time: 1000,
                  text: ' 1',
                  punctuation: '.',
                  fixed: true,
                  speaker_id: null,
                },
              ],
              channel_id: 0,
              speaker_id: null,
              heartbeat: false,
              sentence_begin: false,
              sentence_end: true,
            },
          },
          usage: { duration: 1 },
        },
      },
    ]);
  });

  it('marks the first partial of each sentence, and sends partials with a null end and no usage', () => {
    const { engine, say } = scriptedEngine();
    const { sent } = start({ engine, partials: true });
    say({ text: 'a' });
    say({ text: 'a b' });
    say({ text: 'a b c.', end_time: 900 });
    say({ text: 'd' });
    const sentences = sent.map(({ payload }) => payload.output?.sentence);
    expect(
      sentences.map((s) => [s?.['sentence_id'], s?.['sentence_begin'], s?.['sentence_end'], s?.['end_time']]),
    ).toEqual([
      [1, true, false, null],
      [1, false, false, null],
      [1, false, true, 900],
      [2, true, false, null],
    ]);
    expect(sent.map(({ payload }) => payload.usage)).toEqual([null, null, { duration: 0 }, null]);
  });

  it('reports whole seconds of all audio so far, rounded up', async () => {
    const { task, sent } = start();
    await task.write(Buffer.alloc(1.2 * 32_000));
    await task.write(Buffer.alloc(1.2 * 32_000));
    await task.finish();
    expect(sent.map(({ payload }) => payload.usage?.duration)).toEqual([2, 3, 3]);
  });

  it('accepts audio in chunks of any size', async () => {
    const { task, sent } = start();
    for (let at = 0; at < SECOND.length; at += 333) await task.write(SECOND.subarray(at, at + 333));
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['no audio at all', 0, 'NO_VALID_AUDIO_ERROR', 'NO_VALID_AUDIO_ERROR'],
    ['100 ms of audio', 3200, 'EmptyAudio', 'the audio is shorter than 200 ms'],
    ['199 ms of audio', 6368, 'EmptyAudio', 'the audio is shorter than 200 ms'],
  ])('fails with %s', async (_, bytes, code, message) => {
    const { task } = start();
    await task.write(Buffer.alloc(bytes));
    await expect(task.finish()).rejects.toMatchObject({ code, message });
  });

  it('finishes without a sentence after 200 ms of silence', async () => {
    const { task, sent } = start({ engine: countingEngine({ ignoresSpeech: true }) });
    await task.write(Buffer.alloc(6400));
    await task.finish();
    expect(sent).toEqual([]);
  });

  it('sends nothing after it was destroyed', () => {
    const { engine, say } = scriptedEngine();
    const { task, sent } = start({ engine });
    task.destroy();
    say({ end_time: 900 });
    expect(sent).toEqual([]);
  });
});
