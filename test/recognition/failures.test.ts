import { describe, expect, it } from 'vitest';
import {
  breakFailure,
  closeFailure,
  networkFailure,
  serviceFailure,
  upgradeFailure,
} from '../../lib/recognition/failures.ts';

const URL = 'wss://asr.example.com/api-ws/v1/inference';

function systemError(code: string): Error {
  return Object.assign(new Error(`something ${code}`), { code });
}

describe('a failure of the service', () => {
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
    expect(serviceFailure(serviceCode, message, 'id')).toMatchObject({ code, retryable, requestId: 'id' });
  });

  it('is told without the key that some servers repeat', () => {
    const message = 'Incorrect API key provided: sk-canary0123456789.';
    const body = JSON.stringify({ code: 'InvalidApiKey', message });
    expect(serviceFailure('InvalidApiKey', message).message).toMatch(/provided: sk-…\.$/);
    expect(upgradeFailure(401, body, URL).message).toMatch(/provided: sk-…\.$/);
    expect(closeFailure(1008, message, 'id').message).toMatch(/provided: sk-…\.\)$/);
  });

  it('shows what the service said, code and text', () => {
    expect(serviceFailure('Arrearage', 'pay', 'id')).toMatchObject({
      message: 'the service failed the task: Arrearage: pay',
      serviceCode: 'Arrearage',
    });
  });
});

it('a throttle is known by its text where it has no code', () => {
  const failure = serviceFailure('', 'You exceeded your current quota: insufficient_quota');
  expect(failure).toMatchObject({ code: 'E_THROTTLED', retryable: true });
});

describe('a failure of the network', () => {
  it.each([
    ['ENOTFOUND', 'E_DNS', true],
    ['EAI_AGAIN', 'E_DNS', true],
    ['ECONNREFUSED', 'E_CONNECT', true],
    ['ECONNRESET', 'E_CONNECT', true],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'E_TLS', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'E_TLS', false],
    ['CERT_HAS_EXPIRED', 'E_TLS', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'E_TLS', false],
    ['EPROTO', 'E_TLS', false],
    ['WS_ERR_INVALID_OPCODE', 'E_PROTOCOL', true],
  ])('%s is %s, retryable: %s', (system, code, retryable) => {
    const failure = networkFailure(systemError(system), URL);
    expect(failure).toMatchObject({ code, retryable });
    expect(failure.message).toContain('asr.example.com');
  });
});

describe('an error on an open connection', () => {
  it('is never about trust: a byte that was changed on the way is a lost connection', () => {
    for (const system of ['ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC', 'EPROTO']) {
      const failure = breakFailure(systemError(system), URL, 'task-1');
      expect(failure).toMatchObject({ code: 'E_CONNECTION_LOST', retryable: true, requestId: 'task-1' });
    }
    expect(breakFailure(systemError('ECONNRESET'), URL, 'task-1')).toMatchObject({ code: 'E_CONNECT' });
  });
});

describe('the end of a connection', () => {
  it.each([
    [1006, 'E_CONNECTION_LOST', true],
    [1012, 'E_CONNECTION_LOST', true],
    [1002, 'E_PROTOCOL', true],
    [1009, 'E_PROTOCOL', true],
  ])('with %i is %s, retryable: %s', (closeCode, code, retryable) => {
    expect(closeFailure(closeCode, '', 'id')).toMatchObject({ code, retryable, requestId: 'id' });
  });
});

describe('a refused upgrade', () => {
  it('follows the code in its body, before the status', () => {
    const body = '{"code":"Throttling.RateQuota","message":"slow down"}';
    expect(upgradeFailure(403, body, URL)).toMatchObject({ code: 'E_THROTTLED', retryable: true });
  });

  it('follows the status when nobody knows the code', () => {
    const body = '{"code":"Brand.NewCode","message":"never seen"}';
    expect(upgradeFailure(429, body, URL)).toMatchObject({ code: 'E_THROTTLED', retryable: true });
    expect(upgradeFailure(403, body, URL)).toMatchObject({ code: 'E_FORBIDDEN', retryable: false });
    // It is the service that answers, for it has codes.
    expect(upgradeFailure(400, body, URL)).toMatchObject({
      code: 'E_SERVER',
      retryable: false,
      serviceCode: 'Brand.NewCode',
    });
  });

  it('bears a body that is no JSON', () => {
    expect(upgradeFailure(500, '<html>', URL)).toMatchObject({ code: 'E_SERVER', retryable: true });
    expect(upgradeFailure(400, '[1]', URL)).toMatchObject({ code: 'E_UPGRADE', retryable: false });
  });
});
