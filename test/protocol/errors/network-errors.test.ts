import { describe, expect, it } from 'vitest';
import {
  brokenConnectionError,
  closeError,
  networkError,
} from '../../../lib/protocol/errors/network-errors.ts';

const URL = 'wss://asr.example.com/api-ws/v1/inference';

function systemError(code: string): Error {
  return Object.assign(new Error(`something ${code}`), { code });
}

describe('networkError', () => {
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
    const error = networkError(systemError(system), URL);
    expect(error).toMatchObject({ code, retryable });
    expect(error.message).toContain('asr.example.com');
  });
});

describe('brokenConnectionError', () => {
  it('treats a TLS error as a lost connection, because the server was trusted before', () => {
    for (const system of ['ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC', 'EPROTO']) {
      const error = brokenConnectionError(systemError(system), URL, 'task-1');
      expect(error).toMatchObject({ code: 'E_CONNECTION_LOST', retryable: true, requestId: 'task-1' });
    }
    expect(brokenConnectionError(systemError('ECONNRESET'), URL, 'task-1')).toMatchObject({
      code: 'E_CONNECT',
    });
  });
});

describe('closeError', () => {
  it.each([
    [1006, 'E_CONNECTION_LOST', true],
    [1012, 'E_CONNECTION_LOST', true],
    [1002, 'E_PROTOCOL', true],
    [1003, 'E_PROTOCOL', true],
    [1007, 'E_PROTOCOL', true],
    [1009, 'E_PROTOCOL', true],
    [1008, 'E_FORBIDDEN', false],
  ])('%i is %s, retryable: %s', (closeCode, code, retryable) => {
    expect(closeError(closeCode, '', 'id')).toMatchObject({ code, retryable, requestId: 'id' });
  });

  it('waits before a retry when the server closes with 1013', () => {
    expect(closeError(1013, '', 'id')).toMatchObject({ retryable: true, retryAfterMs: 1000 });
    expect(closeError(1012, '', 'id').retryAfterMs).toBeUndefined();
  });

  it('removes a key that the service repeats', () => {
    const reason = 'Incorrect API key provided: sk-canary0123456789.';
    expect(closeError(1008, reason, 'id').message).toMatch(/provided: sk-…\.\)$/);
  });
});
