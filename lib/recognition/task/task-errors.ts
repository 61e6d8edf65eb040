import { FunAsrError } from '../../core/errors.ts';

/** The error for a service that did not do something in time. @param what What it did not do: `start the task`. */
export function taskTimeout(url: string, what: string, ms: number, requestId: string): FunAsrError {
  const seconds = Number((ms / 1000).toFixed(1));
  return new FunAsrError('E_TIMEOUT', `${new URL(url).host} did not ${what} within ${seconds} s`, {
    requestId,
    retryable: true,
    hint: 'The service or the network is overloaded: try again.',
  });
}

/** The error for a service whose messages cannot be read. @param messages How many in a row. */
export function unreadable(messages: number, requestId: string, cause: unknown): FunAsrError {
  return new FunAsrError('E_PROTOCOL', `${messages} messages of the service in a row were unreadable`, {
    requestId,
    cause,
    retryable: true,
    hint: 'A proxy may change the messages: check it.',
  });
}

/** The error for a task that the service finished before all audio was sent. */
export function finishedEarly(requestId: string): FunAsrError {
  return new FunAsrError('E_CONNECTION_LOST', 'the service finished the task before all audio was sent', {
    requestId,
    retryable: true,
    hint: 'Try again.',
  });
}
