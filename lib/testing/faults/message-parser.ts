import { type ClientAction, readClientAction } from '../../protocol/messages/client-actions.ts';
import { MessageError } from '../../protocol/messages/envelope.ts';
import { readServiceEvent, type ServiceEvent } from '../../protocol/messages/service-events.ts';

/** Parses the action in a client's message; returns undefined for audio and for invalid messages. */
export function parseClientAction(message: Buffer | string): ClientAction | undefined {
  return typeof message === 'string' ? ignoreInvalid(() => readClientAction(message)) : undefined;
}

/** Parses the event in a service's message; returns undefined for invalid messages. */
export function parseServiceEvent(message: Buffer | string): ServiceEvent | undefined {
  return typeof message === 'string' ? ignoreInvalid(() => readServiceEvent(message)) : undefined;
}

function ignoreInvalid<Parsed>(parse: () => Parsed): Parsed | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}
