import type { Word } from '../../sentence.ts';
import { completeTimes, isFinal } from '../result-finality.ts';
import { asFields, asText, type Fields, MessageError, readEnvelope } from './envelope.ts';

/** A sentence as the service sends it: times in ms from the start of the task's audio. */
export interface WireSentence {
  /** Null when neither the sentence nor its words have it. */
  readonly begin_time: number | null;
  /** Null in partial results, and in final ones when neither the sentence nor its words have it. */
  readonly end_time: number | null;
  readonly text: string;
  readonly words: readonly Word[];
  /** 1, 2, 3 … within the task; undefined for servers that do not count. */
  readonly sentence_id?: number | undefined;
  /** Whether it is final, by the rule of `result-finality.ts`. */
  readonly sentence_end: boolean;
  readonly [field: string]: unknown;
}

/** What a task has cost so far. */
export interface Usage {
  /** Billed whole seconds of audio since the start of the task. */
  readonly duration: number;
}

/**
 * The messages of the service: built by the service, read by the client. Source: the official page of the WebSocket
 * API, and the official Python SDK, which the local service must satisfy.
 */
export type ServiceEvent =
  | { readonly event: 'task-started'; readonly taskId: string }
  | {
      readonly event: 'result-generated';
      readonly taskId: string;
      readonly sentence: WireSentence;
      readonly usage: Usage | null;
    }
  | { readonly event: 'heartbeat'; readonly taskId: string }
  | { readonly event: 'task-finished'; readonly taskId: string }
  | {
      readonly event: 'task-failed';
      readonly taskId: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly event: 'unknown'; readonly taskId: string; readonly name: string };

/** Builds the answer to `run-task`. */
export function taskStarted(taskId: string): string {
  return event(taskId, 'task-started', {});
}

/**
 * Builds a result. A partial result has no usage. `end_time` must be present even when it is null: the official Python
 * SDK fails without it.
 */
export function resultGenerated(taskId: string, sentence: WireSentence, usage: Usage | null): string {
  return event(taskId, 'result-generated', { output: { sentence }, usage });
}

/** Builds the event that keeps a task alive while the audio is silent. Clients skip it. */
export function heartbeat(taskId: string): string {
  const sentence = { sentence_id: 0, begin_time: 0, end_time: null, heartbeat: true, words: [] };
  return event(taskId, 'result-generated', { output: { sentence }, usage: null });
}

/** Builds the answer to `finish-task`. With an empty payload the official Python SDK never reports completion. */
export function taskFinished(taskId: string): string {
  return event(taskId, 'task-finished', { output: {}, usage: null });
}

/** Builds the event that ends a task with an error. */
export function taskFailed(taskId: string, code: string, message: string): string {
  return event(taskId, 'task-failed', {}, { error_code: code, error_message: message });
}

function event(taskId: string, name: string, payload: object, failure: object = {}): string {
  return JSON.stringify({ header: { task_id: taskId, event: name, ...failure, attributes: {} }, payload });
}

/**
 * Reads a message of the service. Tolerates every variant that was seen in practice.
 * @throws {MessageError} when it is not a JSON object, or a result without a sentence.
 */
export function readServiceEvent(message: string): ServiceEvent {
  const { header, payload } = readEnvelope(message);
  const taskId = asText(header.task_id);
  const name = asText(header.event);
  switch (name) {
    case 'task-started':
    case 'task-finished':
      return { event: name, taskId };
    case 'task-failed':
      return {
        event: name,
        taskId,
        code: asText(header.error_code),
        message: asText(header.error_message) || 'no reason given',
      };
    case 'result-generated':
      return readResult(taskId, payload);
    default:
      return { event: 'unknown', taskId, name };
  }
}

function readResult(taskId: string, payload: Fields): ServiceEvent {
  const sentence = asFields(asFields(payload.output)?.sentence);
  if (!sentence) throw new MessageError('a result has no sentence');
  if (sentence.heartbeat === true) return { event: 'heartbeat', taskId };
  const duration = asFields(payload.usage)?.duration;
  return {
    event: 'result-generated',
    taskId,
    sentence: readSentence(sentence),
    usage: typeof duration === 'number' ? { duration } : null,
  };
}

function readSentence(fields: Fields): WireSentence {
  const { sentence_id, sentence_end, words } = fields;
  const times = {
    sentence_end: typeof sentence_end === 'boolean' ? sentence_end : undefined,
    begin_time: readTime(fields.begin_time),
    end_time: readTime(fields.end_time),
    words: Array.isArray(words) ? words.flatMap(readWord) : [],
  };
  return {
    ...fields,
    ...completeTimes(times),
    text: asText(fields.text),
    words: times.words,
    // Some servers send no id, or 0.
    sentence_id: typeof sentence_id === 'number' && sentence_id > 0 ? sentence_id : undefined,
    sentence_end: isFinal(times),
  };
}

/** Reads a word; skips one without times. */
function readWord(value: unknown): Word[] {
  const fields = asFields(value);
  const begin = readTime(fields?.begin_time);
  const end = readTime(fields?.end_time);
  if (!fields || begin === null || end === null) return [];
  return [
    {
      ...fields,
      begin_time: begin,
      end_time: end,
      text: asText(fields.text),
      punctuation: asText(fields.punctuation),
    },
  ];
}

function readTime(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, Math.round(value)) : null;
}
