import { describe, expect, it } from 'vitest';
import { Keys } from '../../lib/service/keys.ts';

describe('Keys', () => {
  it('accepts any key, or none, without a token', () => {
    const keys = new Keys(undefined);
    expect([keys.accepts('sk-any'), keys.accepts('')]).toEqual([true, true]);
  });

  it('accepts its token and its temporary keys only', () => {
    const keys = new Keys('sk-permanent');
    const earliest = Math.floor(Date.now() / 1000) + 60;
    const { token, expires_at } = keys.issue(60);
    expect(token).toMatch(/^st-[0-9a-f]{32}$/);
    expect(expires_at).toBeGreaterThanOrEqual(earliest);
    expect(expires_at).toBeLessThanOrEqual(Math.floor(Date.now() / 1000) + 60);
    expect(['sk-permanent', token, 'st-of-another', ''].map((key) => keys.accepts(key))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it.each([undefined, 'sk-permanent'])('refuses a temporary key that has expired (token %s)', (permanent) => {
    const keys = new Keys(permanent);
    const { token } = keys.issue(0);
    expect(keys.accepts(token)).toBe(false);
  });
});
