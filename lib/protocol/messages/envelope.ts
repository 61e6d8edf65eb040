import { SERVICE_MESSAGES } from '../errors/service-codes.ts';
import { parseUntrustedJson } from './untrusted-json.ts';

/** An object of a message whose fields were not checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** A message that violates the protocol. Its text is what the cloud service answers to such a message. */
export class MessageError extends Error {
  /** The task that the message is about; empty when it is unknown. */
  readonly taskId: string;

  constructor(message: string, taskId = '', options?: ErrorOptions) {
    super(message, options);
    this.taskId = taskId;
  }
}

/**
 * Splits a message into header and payload. A payload that is not an object becomes an empty one.
 * @throws {MessageError} when it is not a JSON object with a header.
 */
export function readEnvelope(message: string): { header: Fields; payload: Fields } {
  let parsed: unknown;
  try {
    parsed = parseUntrustedJson(message);
  } catch (cause) {
    throw new MessageError(SERVICE_MESSAGES.invalidPayload, '', { cause });
  }
  const fields = asFields(parsed);
  const header = asFields(fields?.header);
  if (!fields || !header) throw new MessageError(SERVICE_MESSAGES.invalidPayload);
  return { header, payload: asFields(fields.payload) ?? {} };
}

/** The value when it is an object; undefined for anything else, arrays too. */
export function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** The value when it is a string; empty for anything else. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
