import { type ClientAction, readClientAction } from '../../protocol/messages/client-actions.ts';
import { MessageError } from '../../protocol/messages/envelope.ts';
import { readServiceEvent, type ServiceEvent } from '../../protocol/messages/service-events.ts';

/** The action of a client's message; undefined for audio, and for what the session will refuse. */
export function actionOf(message: Buffer | string): ClientAction | undefined {
  return typeof message === 'string' ? understood(() => readClientAction(message)) : undefined;
}

/** The event of the service's message; undefined for what is none. */
export function eventOf(message: Buffer | string): ServiceEvent | undefined {
  return typeof message === 'string' ? understood(() => readServiceEvent(message)) : undefined;
}

function understood<Read>(read: () => Read): Read | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}
