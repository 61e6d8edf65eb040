import { FunAsrError } from '../../core/errors.ts';

/** The service did not do something in time. @param what For the message: `start the task`. */
export function taskTimeout(url: string, what: string, ms: number, requestId: string): FunAsrError {
  const seconds = Number((ms / 1000).toFixed(1));
  return new FunAsrError('E_TIMEOUT', `${new URL(url).host} did not ${what} within ${seconds} s`, {
    requestId,
    retryable: true,
    hint: 'The service or the network is overloaded: try again.',
  });
}

/** Nothing of the service can be understood any more. */
export function unreadable(messages: number, requestId: string, cause: unknown): FunAsrError {
  return new FunAsrError('E_PROTOCOL', `${messages} messages of the service in a row were unreadable`, {
    requestId,
    cause,
    retryable: true,
    hint: 'Something on the way seems to change them: check a proxy.',
  });
}

/** The service finished a task that was not to be finished yet. */
export function finishedEarly(requestId: string): FunAsrError {
  return new FunAsrError('E_CONNECTION_LOST', 'the service finished the task before all audio was sent', {
    requestId,
    retryable: true,
    hint: 'Try again.',
  });
}
