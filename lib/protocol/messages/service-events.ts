import type { Word } from '../sentence.ts';
import { parseShallow } from './shallow-json.ts';

/**
 * The messages of the wire, built and read in one place for both sides, so that client and service cannot
 * drift apart. Pure: no sockets, no clocks. Source: the official page of the WebSocket API, and the official
 * Python SDK, which this service must please.
 */

type Fields = Readonly<Record<string, unknown>>;

/** A sentence as the service sends it: times in ms from the start of the task's audio. */
export interface WireSentence {
  readonly begin_time: number | null;
  readonly end_time: number | null;
  readonly text: string;
  readonly words: readonly Word[];
  readonly sentence_id?: number | undefined;
  /** By the finality rule: the service's own flag when it sends one, else whether there is an end. */
  readonly sentence_end: boolean;
  readonly [field: string]: unknown;
}

/** What a task has cost so far. */
export interface Usage {
  /** Billed whole seconds of audio so far in the task. */
  readonly duration: number;
}

/** What the service says to the client. */
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

/** What the client says to the service, audio aside. */
export type ClientAction =
  | {
      readonly action: 'run-task';
      readonly taskId: string;
      readonly model: string;
      readonly parameters: Fields & { readonly format: string; readonly sample_rate: number };
      /** A hot-word list of the older kind, which stands outside the parameters. */
      readonly phraseId?: string;
    }
  | { readonly action: 'finish-task'; readonly taskId: string }
  | { readonly action: 'continue-task'; readonly taskId: string };

/** A message that breaks the protocol; the message is what the real service answers. */
export class MessageError extends Error {
  /** The task that it is about; empty when that cannot be told. */
  readonly taskId: string;

  constructor(message: string, taskId = '', options?: ErrorOptions) {
    super(message, options);
    this.taskId = taskId;
  }
}

/** `resource_type` of a hot-word list of the older kind. */
const PHRASES = 'asr_phrase';

// What the client builds.

export function runTask(taskId: string, model: string, parameters: Fields, phraseId?: string): string {
  const resources = [{ resource_id: phraseId, resource_type: PHRASES }];
  return JSON.stringify({
    header: { action: 'run-task', task_id: taskId, streaming: 'duplex' },
    payload: {
      task_group: 'audio',
      task: 'asr',
      function: 'recognition',
      model,
      parameters,
      input: {},
      ...(phraseId !== undefined && { resources }),
    },
  });
}

export function finishTask(taskId: string): string {
  return JSON.stringify({
    header: { action: 'finish-task', task_id: taskId, streaming: 'duplex' },
    payload: { input: {} },
  });
}

// What the service builds.

export function taskStarted(taskId: string): string {
  return event(taskId, 'task-started', {});
}

/** A partial result has no usage, a final one has; `end_time` must be there even when null, or the official Python SDK dies. */
export function resultGenerated(taskId: string, sentence: WireSentence, usage: Usage | null): string {
  return event(taskId, 'result-generated', { output: { sentence }, usage });
}

/** Says that the task lives on although nobody speaks. Clients skip the whole event. */
export function heartbeat(taskId: string): string {
  const sentence = { sentence_id: 0, begin_time: 0, end_time: null, heartbeat: true, words: [] };
  return event(taskId, 'result-generated', { output: { sentence }, usage: null });
}

/** The empty `output` is needed: with an empty payload the official Python SDK never reports completion. */
export function taskFinished(taskId: string): string {
  return event(taskId, 'task-finished', { output: {}, usage: null });
}

export function taskFailed(taskId: string, code: string, message: string): string {
  return event(taskId, 'task-failed', {}, { error_code: code, error_message: message });
}

function event(taskId: string, name: string, payload: object, failure: object = {}): string {
  return JSON.stringify({ header: { task_id: taskId, event: name, ...failure, attributes: {} }, payload });
}

// What the client reads.

/**
 * Reads a message of the service, tolerating every variant that was seen in the wild.
 * @throws {MessageError} when it is no JSON object, or a result without a sentence.
 */
export function readServiceEvent(message: string): ServiceEvent {
  const { header, payload } = envelope(message);
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
  const output = asFields(payload.output);
  const sentence = asFields(output?.sentence);
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
  const end = asTime(fields.end_time);
  return {
    ...fields,
    begin_time: asTime(fields.begin_time),
    end_time: end,
    text: asText(fields.text),
    words: Array.isArray(fields.words) ? fields.words.flatMap(readWord) : [],
    // Some servers send none, and 0 stands for none.
    sentence_id:
      typeof fields.sentence_id === 'number' && fields.sentence_id > 0 ? fields.sentence_id : undefined,
    // The mere presence of the key `end_time` proves nothing, and some servers let it grow in partials.
    sentence_end: typeof fields.sentence_end === 'boolean' ? fields.sentence_end : end !== null,
  };
}

function readWord(value: unknown): Word[] {
  const fields = asFields(value);
  const begin = asTime(fields?.begin_time);
  const end = asTime(fields?.end_time);
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

// What the service reads.

/** An action is text of less than 1 KB, with context of a few. */
const MAX_ACTION_LENGTH = 16 * 1024;
const TOO_BIG =
  'The decoded text message was too big for the output buffer and the endpoint does not support partial messages';

/**
 * Reads a message of a client and refuses it as the real service does.
 * @throws {MessageError} with the real service's text.
 */
export function readClientAction(message: string): ClientAction {
  if (message.length > MAX_ACTION_LENGTH) throw new MessageError(TOO_BIG);
  const { header, payload } = envelope(message);
  const taskId = asText(header.task_id);
  const missing = (field: string): MessageError =>
    new MessageError(`Missing required parameter '${field}'! Please follow the protocol!`, taskId);
  if (!/^[0-9a-f]{32}$/i.test(taskId.replaceAll('-', ''))) throw missing('header.task_id');
  const action = asText(header.action);
  switch (action) {
    case 'run-task': {
      if (!asText(header.streaming)) throw missing('header.streaming');
      for (const name of ['task_group', 'task', 'function', 'model']) {
        if (!asText(payload[name])) throw missing(`payload.${name}`);
      }
      const parameters = asFields(payload.parameters);
      if (!parameters) throw missing('payload.parameters');
      const { format, sample_rate } = parameters;
      if (typeof format !== 'string') throw missing('payload.parameters.format');
      if (typeof sample_rate !== 'number') throw missing('payload.parameters.sample_rate');
      if (payload.input === undefined) throw missing('payload.input');
      if (payload.task !== 'asr' || !asFields(payload.input)) {
        throw new MessageError('task can not be null', taskId);
      }
      const phraseId = readPhraseId(payload.resources);
      return {
        action,
        taskId,
        model: asText(payload.model),
        parameters: { ...parameters, format, sample_rate },
        ...(phraseId && { phraseId }),
      };
    }
    case 'finish-task':
    case 'continue-task':
      if (!asFields(payload.input)) throw new MessageError('Invalid payload data', taskId);
      return { action, taskId };
    default:
      throw missing('header.action');
  }
}

function readPhraseId(resources: unknown): string {
  const all = Array.isArray(resources) ? resources.map(asFields) : [];
  return asText(all.find((resource) => resource?.resource_type === PHRASES)?.resource_id);
}

function envelope(message: string): { header: Fields; payload: Fields } {
  let parsed: unknown;
  try {
    parsed = parseShallow(message);
  } catch (cause) {
    throw new MessageError('Invalid payload data', '', { cause });
  }
  const fields = asFields(parsed);
  const header = asFields(fields?.header);
  if (!fields || !header) throw new MessageError('Invalid payload data');
  return { header, payload: asFields(fields.payload) ?? {} };
}

function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asTime(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, Math.round(value)) : null;
}
