import { SERVICE_MESSAGES } from '../errors/service-codes.ts';
import { MAX_ACTION_LENGTH } from '../service-limits.ts';
import type { ContextMessage } from '../context.ts';
import { asFields, asText, type Fields, MessageError, readEnvelope } from './envelope.ts';

/**
 * The text messages of the client: built by the client, read by the service. Source: the official page of the
 * WebSocket API.
 */
export type ClientAction =
  | {
      readonly action: 'run-task';
      readonly taskId: string;
      readonly model: string;
      readonly parameters: Fields & { readonly format: string; readonly sample_rate: number };
      /** Id of a hot-word list of the older kind, which is not one of the parameters. */
      readonly phraseId?: string;
      /** Messages of the context, which were not checked. */
      readonly context?: readonly unknown[];
    }
  | { readonly action: 'finish-task'; readonly taskId: string }
  | { readonly action: 'continue-task'; readonly taskId: string; readonly context?: readonly unknown[] };

/** What `run-task` has outside its parameters. */
export interface TaskExtras {
  /** Id of a hot-word list of the older kind. */
  readonly phraseId?: string | undefined;
  readonly context?: readonly ContextMessage[] | undefined;
}

/** `resource_type` of a hot-word list of the older kind. */
const PHRASE_RESOURCE = 'asr_phrase';

/** Builds the message that starts a task. */
export function runTask(
  taskId: string,
  model: string,
  parameters: Fields,
  { phraseId, context }: TaskExtras = {},
): string {
  const resources = [{ resource_id: phraseId, resource_type: PHRASE_RESOURCE }];
  return JSON.stringify({
    header: { action: 'run-task', task_id: taskId, streaming: 'duplex' },
    payload: {
      task_group: 'audio',
      task: 'asr',
      function: 'recognition',
      model,
      parameters,
      input: context === undefined ? {} : { context },
      ...(phraseId !== undefined && { resources }),
    },
  });
}

/** Builds the message that ends the audio of a task. */
export function finishTask(taskId: string): string {
  return JSON.stringify({
    header: { action: 'finish-task', task_id: taskId, streaming: 'duplex' },
    payload: { input: {} },
  });
}

/**
 * Reads a text message of a client, with the checks of the cloud service.
 * @throws {MessageError} with the text of the cloud service.
 */
export function readClientAction(message: string): ClientAction {
  if (message.length > MAX_ACTION_LENGTH) throw new MessageError(SERVICE_MESSAGES.messageTooBig);
  const { header, payload } = readEnvelope(message);
  const taskId = asText(header.task_id);
  if (!/^[0-9a-f]{32}$/i.test(taskId.replaceAll('-', ''))) throw missing('header.task_id', taskId);
  const action = asText(header.action);
  switch (action) {
    case 'run-task':
      return readRunTask(taskId, header, payload);
    case 'finish-task':
    case 'continue-task': {
      const input = asFields(payload.input);
      if (!input) throw new MessageError(SERVICE_MESSAGES.invalidPayload, taskId);
      return action === 'finish-task' ? { action, taskId } : { action, taskId, ...readContext(input) };
    }
    default:
      throw missing('header.action', taskId);
  }
}

function readRunTask(taskId: string, header: Fields, payload: Fields): ClientAction {
  if (!asText(header.streaming)) throw missing('header.streaming', taskId);
  for (const name of ['task_group', 'task', 'function', 'model']) {
    if (!asText(payload[name])) throw missing(`payload.${name}`, taskId);
  }
  const parameters = asFields(payload.parameters);
  if (!parameters) throw missing('payload.parameters', taskId);
  const { format, sample_rate } = parameters;
  if (typeof format !== 'string') throw missing('payload.parameters.format', taskId);
  if (typeof sample_rate !== 'number') throw missing('payload.parameters.sample_rate', taskId);
  if (payload.input === undefined) throw missing('payload.input', taskId);
  const input = asFields(payload.input);
  if (payload.task !== 'asr' || !input) {
    throw new MessageError(SERVICE_MESSAGES.invalidTask, taskId);
  }
  const phraseId = readPhraseId(payload.resources);
  return {
    action: 'run-task',
    taskId,
    model: asText(payload.model),
    parameters: { ...parameters, format, sample_rate },
    ...(phraseId && { phraseId }),
    ...readContext(input),
  };
}

/** How the service reacts to a context of another shape is not known: it is ignored. */
function readContext({ context }: Fields): { readonly context?: readonly unknown[] } {
  return Array.isArray(context) ? { context } : {};
}

function readPhraseId(resources: unknown): string {
  const all = Array.isArray(resources) ? resources.map(asFields) : [];
  return asText(all.find((resource) => resource?.resource_type === PHRASE_RESOURCE)?.resource_id);
}

function missing(field: string, taskId: string): MessageError {
  return new MessageError(SERVICE_MESSAGES.missingParameter(field), taskId);
}
