import { describe, expect, it } from 'vitest';
import type { WireSentence } from '../../../lib/protocol/messages/service-events.ts';
import { InputBuffer } from '../../../lib/recognition/input/input-buffer.ts';
import { TaskWindow } from '../../../lib/recognition/input/task-window.ts';

const BYTES_PER_MS = 32;

/** Audio without a pause. */
function loud(ms: number): Buffer {
  return Buffer.from(new Int16Array(ms * 16).fill(3000).buffer);
}

function quiet(ms: number): Buffer {
  return Buffer.alloc(ms * BYTES_PER_MS);
}

function result(begin_time: number, end_time: number | null): WireSentence {
  return { begin_time, end_time, text: 'yes', words: [], sentence_end: end_time !== null };
}

/** A window over audio that a task was sent all of. */
function windowOver(audio: readonly Buffer[], { maxMs = 1000, hasSilenceTimeout = false } = {}) {
  const input = new InputBuffer({ pcmBytesPerMs: BYTES_PER_MS, maxBytes: maxMs * BYTES_PER_MS });
  const window = new TaskWindow(input, hasSilenceTimeout);
  input.beginTask();
  const send = (bytes: Buffer): void => {
    input.append(bytes);
    while (!input.isAllSent) input.take(16_384);
  };
  audio.forEach(send);
  return { input, window, send };
}

describe('the buffer', () => {
  it('makes a task full in a pause from nine tenths of it on', () => {
    const { input, window, send } = windowOver([quiet(899)]);
    expect(window.isFull).toBe(false);
    send(quiet(1));
    expect(window.isFull).toBe(true);
    input.place(result(0, 300), null, 'task');
    expect(window.isFull).toBe(false);
  });

  it('makes a task full without a pause a little later', () => {
    const { window, send } = windowOver([loud(949)]);
    expect(window.isFull).toBe(false);
    send(loud(1));
    expect(window.isFull).toBe(true);
  });

  it('makes the source wait from nine tenths of it on, whether it was sent or not', () => {
    const { input, window } = windowOver([quiet(500)]);
    input.append(quiet(399));
    expect(window.isBufferFull).toBe(false);
    input.append(quiet(1));
    expect(window.isBufferFull).toBe(true);
  });

  it('never makes a task of encoded audio full', () => {
    const input = new InputBuffer({ pcmBytesPerMs: undefined, maxBytes: 100 });
    const window = new TaskWindow(input, true);
    input.append(Buffer.alloc(100));
    input.beginTask();
    while (!input.isAllSent) input.take(16_384);
    expect(window.isFull).toBe(false);
  });
});

describe('a service that ends silent tasks', () => {
  it('makes a task full after 50 s without a result', () => {
    const { input, window } = windowOver([quiet(49_500)], { maxMs: 600_000, hasSilenceTimeout: true });
    expect(window.isFull).toBe(true);
    input.place(result(10_000, null), null, 'task');
    expect(window.isFull).toBe(false);
  });

  it('does so without a pause before 60 s are over', () => {
    const { window, send } = windowOver([loud(52_000)], { maxMs: 600_000, hasSilenceTimeout: true });
    expect(window.isFull).toBe(false);
    send(loud(300));
    expect(window.isFull).toBe(true);
  });

  it('can be detected later', () => {
    const { window } = windowOver([quiet(55_000)], { maxMs: 600_000 });
    expect(window.isFull).toBe(false);
    window.expectSilenceTimeout();
    expect(window.isFull).toBe(true);
  });
});

describe('quiet audio', () => {
  it('is what a task was sent since its last final sentence without anything loud', () => {
    const { input, window } = windowOver([loud(300), quiet(600)]);
    expect(window.isQuiet).toBe(false);
    input.place(result(0, 300), null, 'task');
    expect(window.isQuiet).toBe(true);
  });

  it('at the begin of a task ends a second before something loud', () => {
    const silence = windowOver([quiet(20_000), loud(500)], { maxMs: 600_000 });
    expect(silence.window.silenceEnd).toBe(19_000 * BYTES_PER_MS);
    expect(windowOver([quiet(900), loud(500)], { maxMs: 600_000 }).window.silenceEnd).toBeUndefined();
  });

  it('at the begin of a task is limited to what the service must have received', () => {
    const { window } = windowOver([quiet(120_000)], { maxMs: 600_000 });
    expect(window.silenceEnd).toBe(49_000 * BYTES_PER_MS);
  });

  it('at the begin of a task does not include audio that was not sent', () => {
    const { input, window } = windowOver([], { maxMs: 600_000 });
    input.append(quiet(20_000));
    input.take(3200);
    expect(window.silenceEnd).toBeUndefined();
  });
});
