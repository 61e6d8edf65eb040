import { expect, it } from 'vitest';
import { FunAsrError } from '../../../lib/core/errors.ts';
import { causeOf } from '../../../lib/recognition/recovery/failure-cause.ts';

it.each([
  ['E_CONNECTION_LOST', undefined, 'other'],
  ['E_CONNECT', undefined, 'other'],
  ['E_TIMEOUT', undefined, 'other'],
  ['E_ENGINE', undefined, 'service'],
  ['E_TIMEOUT', 'RequestTimeOut', 'service'],
] as const)(
  'a task that failed with %s and the code %s of the service has the cause %s, so that a lost server is not a gap',
  (code, serviceCode, cause) => {
    const error = new FunAsrError(code, 'failed', { serviceCode, retryable: true });
    expect(causeOf({ error, kind: 'task-failed' })).toBe(cause);
  },
);
