import { describe, expect, it } from 'vitest';
import { serviceError } from '../../../lib/protocol/errors/service-errors.ts';

describe('serviceError', () => {
  it.each([
    ['NOT AUTHORIZED', '', 'E_AUTH', false],
    ['Workspace.AccessDenied', 'Model access denied.', 'E_FORBIDDEN', false],
    ['AllocationQuota.FreeTierOnly', 'free tier exhausted', 'E_FORBIDDEN', false],
    [
      'Throttling.AllocationQuota',
      'You exceeded your current quota (insufficient_quota)',
      'E_THROTTLED',
      true,
    ],
    ['', 'Requests rate limit exceeded, please try again later.', 'E_THROTTLED', true],
    ['EmptyAudio', '', 'E_NO_SPEECH', false],
    ['ResponseTimeout', 'Response timeout!', 'E_TIMEOUT', true],
    ['CLIENT_ERROR', 'something else', 'E_SERVER', false],
    ['InternalError.Algo', 'oops', 'E_SERVER', true],
    ['InvalidParameter', 'UNSUPPORTED_FORMAT', 'E_PARAM', false],
    ['InvalidParameter', 'url error', 'E_ENDPOINT', false],
    ['InvalidParameter', 'language_hints: en only', 'E_LANGUAGE', false],
    ['InvalidParameter', 'task can not be null', 'E_PROTOCOL', false],
    ['InvalidParameter', 'The decoded text message was too big for the output buffer', 'E_PROTOCOL', false],
    ['DataInspectionFailed', '', 'E_PARAM', false],
    ['Arrears', 'no such code', 'E_SERVER', false],
  ])('%s "%s" is %s, retryable: %s', (serviceCode, message, code, retryable) => {
    expect(serviceError(serviceCode, message, 'id')).toMatchObject({ code, retryable, requestId: 'id' });
  });

  it('removes a key that the service repeats', () => {
    const message = 'Incorrect API key provided: sk-canary0123456789.';
    expect(serviceError('InvalidApiKey', message).message).toMatch(/provided: sk-…\.$/);
  });

  it('shows code and message of the service', () => {
    expect(serviceError('Arrearage', 'pay', 'id')).toMatchObject({
      message: 'the service failed the task: Arrearage: pay',
      serviceCode: 'Arrearage',
    });
  });

  it('recognizes throttling without a code by its message', () => {
    const error = serviceError('', 'You exceeded your current quota: insufficient_quota');
    expect(error).toMatchObject({ code: 'E_THROTTLED', retryable: true });
  });
});
