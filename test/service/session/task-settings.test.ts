import { describe, expect, it } from 'vitest';
import { TaskError } from '../../../lib/service/session/task-error.ts';
import { type TaskSettings, taskSettings } from '../../../lib/service/session/task-settings.ts';
import { countingEngine } from '../../support/counting-engine.ts';

const resources = { engine: countingEngine(), vocabularies: { has: (id: string) => id === 'vocab-known-1' } };

interface Request {
  readonly model?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

function settings({ model = 'fun-asr-realtime', parameters }: Request): TaskSettings {
  const all = { format: 'pcm', sample_rate: 16_000, ...parameters };
  return taskSettings({ action: 'run-task', taskId: 'x', model, parameters: all }, resources);
}

function errorOf(request: Request): Pick<TaskError, 'code' | 'message'> | undefined {
  try {
    settings(request);
    return undefined;
  } catch (error) {
    if (error instanceof TaskError) return error;
    throw error;
  }
}

describe('taskSettings', () => {
  it('uses the defaults of the model', () => {
    const common = { format: 'pcm', sampleRate: 16_000, hasHeartbeat: false };
    expect(settings({})).toEqual({ ...common, maxSentenceSilence: 1300 });
    expect(settings({ model: 'paraformer-realtime-v2' }).maxSentenceSilence).toBe(800);
    expect(settings({ model: 'not-on-the-list' }).maxSentenceSilence).toBe(1300);
  });

  it('reads the parameters', () => {
    expect(settings({ parameters: { max_sentence_silence: 400, heartbeat: true } })).toMatchObject({
      maxSentenceSilence: 400,
      hasHeartbeat: true,
    });
    expect(settings({ parameters: { max_sentence_silence: null, heartbeat: null } })).toMatchObject({
      maxSentenceSilence: 1300,
      hasHeartbeat: false,
    });
  });

  it('reads the first language, when the client names one', () => {
    expect(settings({ parameters: { language_hints: ['en', 'zh'] } }).language).toBe('en');
    expect(settings({ parameters: { language_hints: [] } }).language).toBeUndefined();
  });

  it('ignores max_sentence_silence with semantic punctuation', () => {
    const parameters = { semantic_punctuation_enabled: true, max_sentence_silence: 400 };
    expect(settings({ parameters }).maxSentenceSilence).toBe(2000);
  });

  it.each(['pcm', 'wav', 'mp3', 'opus', 'speex', 'aac', 'amr'])('accepts the format %s', (format) => {
    expect(settings({ parameters: { format } }).format).toBe(format);
  });

  it.each([8000, 16_000, 44_100, 48_000])('accepts a sample rate of %i Hz', (sample_rate) => {
    expect(settings({ parameters: { sample_rate } }).sampleRate).toBe(sample_rate);
  });

  it.each([
    ['max_sentence_silence', 200],
    ['max_sentence_silence', 6000],
    ['speech_noise_threshold', -1],
    ['speech_noise_threshold', 1],
    ['language_hints', ['en', 'zh']],
    ['language_hints', []],
    ['vocabulary_id', 'vocab-known-1'],
    // Parameters that the official SDKs always send, and unknown ones.
    ['stream', true],
    ['pre_task_id', 'x'],
    ['disfluency_removal_enabled', false],
    ['maxSentenceSilence', 1],
    ['speaker_count', 'many'],
  ])('accepts %s: %j', (name, value) => {
    expect(errorOf({ parameters: { [name]: value } })).toBeUndefined();
  });

  it.each([
    ['format', 'flac', 'UNSUPPORTED_FORMAT', /^UNSUPPORTED_FORMAT: .* not flac$/],
    ['sample_rate', 7999, 'InvalidParameter', /^sample_rate .* 8000 to 48000 Hz/],
    ['sample_rate', 16_000.5, 'InvalidParameter', /^sample_rate/],
    ['max_sentence_silence', 199, 'InvalidParameter', /^max_sentence_silence .* 200 to 6000/],
    ['max_sentence_silence', 6001, 'InvalidParameter', /^max_sentence_silence/],
    ['max_sentence_silence', '800', 'InvalidParameter', /^max_sentence_silence/],
    ['speech_noise_threshold', -1.1, 'InvalidParameter', /^speech_noise_threshold .* -1 to 1/],
    ['speech_noise_threshold', 1.1, 'InvalidParameter', /^speech_noise_threshold/],
    ['heartbeat', 'yes', 'InvalidParameter', /^heartbeat must be true or false/],
    ['semantic_punctuation_enabled', 1, 'InvalidParameter', /^semantic_punctuation_enabled/],
    ['multi_threshold_mode_enabled', 1, 'InvalidParameter', /^multi_threshold_mode_enabled/],
    ['language_hints', 'en', 'InvalidParameter', /^language_hints must be an array/],
    ['language_hints', ['zh', 'en'], 'InvalidParameter', /recognises en only, not zh/],
    ['vocabulary_id', 'vocab-unknown-1', 'NotFound', /^Not found!$/],
  ])('refuses %s: %j', (name, value, code, message) => {
    const error = errorOf({ parameters: { [name]: value } });
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(message);
  });

  it('refuses a higher sample rate for an 8 kHz model', () => {
    const model = 'fun-asr-flash-8k-realtime';
    expect(errorOf({ model })?.message).toMatch(/sample_rate must be 8000/);
    expect(errorOf({ model, parameters: { sample_rate: 8000 } })).toBeUndefined();
  });
});
