import { describe, expect, it } from 'vitest';
import { Keys } from '../../lib/service/keys.ts';

describe('the keys of a service', () => {
  it('are all there are, without a token', () => {
    const keys = new Keys(undefined);
    expect([keys.accepts('sk-any'), keys.accepts('')]).toEqual([true, true]);
  });

  it('are its token and those that it has made, with one', () => {
    const keys = new Keys('sk-permanent');
    const { token, expires_at } = keys.issue(60);
    expect(token).toMatch(/^st-[0-9a-f]{32}$/);
    expect(Math.abs(expires_at - Date.now() / 1000 - 60)).toBeLessThan(5);
    expect(['sk-permanent', token, 'st-of-another', ''].map((key) => keys.accepts(key))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it.each([undefined, 'sk-permanent'])('no longer include one that has expired (token %s)', (permanent) => {
    const keys = new Keys(permanent);
    const { token } = keys.issue(0);
    expect(keys.accepts(token)).toBe(false);
  });
});
