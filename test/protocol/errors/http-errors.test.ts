import { describe, expect, it } from 'vitest';
import { upgradeError } from '../../../lib/protocol/errors/http-errors.ts';

const URL = 'wss://asr.example.com/api-ws/v1/inference';

describe('upgradeError', () => {
  it('prefers the code in the body to the status', () => {
    const body = '{"code":"Throttling.RateQuota","message":"slow down"}';
    expect(upgradeError(403, body, URL)).toMatchObject({ code: 'E_THROTTLED', retryable: true });
  });

  it('uses the status when the code is unknown', () => {
    const body = '{"code":"Brand.NewCode","message":"never seen"}';
    expect(upgradeError(429, body, URL)).toMatchObject({ code: 'E_THROTTLED', retryable: true });
    expect(upgradeError(403, body, URL)).toMatchObject({ code: 'E_FORBIDDEN', retryable: false });
    // An answer with a code comes from the service.
    expect(upgradeError(400, body, URL)).toMatchObject({
      code: 'E_SERVER',
      retryable: false,
      serviceCode: 'Brand.NewCode',
    });
  });

  it('accepts a body that is not JSON', () => {
    expect(upgradeError(500, '<html>', URL)).toMatchObject({ code: 'E_SERVER', retryable: true });
    expect(upgradeError(400, '[1]', URL)).toMatchObject({ code: 'E_UPGRADE', retryable: false });
  });

  it('removes a key that the service repeats', () => {
    const message = 'Incorrect API key provided: sk-canary0123456789.';
    const body = JSON.stringify({ code: 'InvalidApiKey', message });
    expect(upgradeError(401, body, URL).message).toMatch(/provided: sk-…\.$/);
  });
});
