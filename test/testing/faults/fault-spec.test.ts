import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFaults, parseFaults } from '../../../lib/testing/faults/fault-spec.ts';
import { FAULT_KINDS, FAULTS } from '../../../lib/testing/faults/fault-kinds.ts';
import { randomFaults } from '../../../lib/testing/faults/random-faults.ts';

describe('a schedule of faults as text', () => {
  it.each<[string, object]>([
    ['drop', { kind: 'drop', atMs: 0 }],
    ['drop@12.3s', { kind: 'drop', atMs: 12_300 }],
    ['drop@250ms', { kind: 'drop', atMs: 250 }],
    ['half-open@1.5m', { kind: 'half-open', atMs: 90_000 }],
    ['refuse', { kind: 'refuse', atMs: 0 }],
    ['refuse:429', { kind: 'refuse', atMs: 0, parameter: '429' }],
    ['refuse:503:2s@3s', { kind: 'refuse', atMs: 3000, parameter: '503', durationMs: 2000 }],
    ['refuse:2s', { kind: 'refuse', atMs: 0, durationMs: 2000 }],
    [
      'throttle:Throttling.AllocationQuota',
      { kind: 'throttle', atMs: 0, parameter: 'Throttling.AllocationQuota' },
    ],
    ['close:4000@1s', { kind: 'close', atMs: 1000, parameter: '4000' }],
    ['delay:500ms@5s', { kind: 'delay', atMs: 5000, durationMs: 500 }],
    ['stop-reading', { kind: 'stop-reading', atMs: 0 }],
    ['stop-reading:3s', { kind: 'stop-reading', atMs: 0, durationMs: 3000 }],
    ['invalid-message:binary@2s', { kind: 'invalid-message', atMs: 2000, parameter: 'binary' }],
  ])('parses %s', (spec, fault) => {
    expect(parseFaults(spec)).toEqual([fault]);
  });

  it('separates faults by commas, spaces and line breaks', () => {
    expect(parseFaults('drop@1s,reset@2s\n  half-open ')).toHaveLength(3);
    expect(parseFaults(' ')).toEqual([]);
  });

  it('parses its own output', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const faults = randomFaults(seed);
        expect(parseFaults(formatFaults(faults))).toEqual(faults);
      }),
    );
    expect(formatFaults(parseFaults('refuse:503:2s@3s, drop@250ms, drop'))).toBe(
      'refuse:503:2s@3s, drop@250ms, drop',
    );
  });

  it('accepts every kind without details, except for required durations', () => {
    for (const kind of FAULT_KINDS) {
      const spec = FAULTS[kind].duration === 'required' ? `${kind}:1s` : kind;
      expect(parseFaults(spec)).toMatchObject([{ kind }]);
    }
  });

  it.each<[string, RegExp]>([
    ['drop@3', /must be a time such as 500ms/],
    ['drop@-3s', /must be a time/],
    ['drop@1s@2s', /must be a time/],
    ['drop:1011', /drop does not take the parameter 1011/],
    ['drop:5s', /drop does not take the duration 5s/],
    ['refuse:99', /99 must be an integer from 200 to 599/],
    ['refuse:503:504', /does not take the parameter 504/],
    ['close:1006', /1006 must be an integer from 1000 to 1003 or 1007 to 1014 or 3000 to 4999/],
    ['delay@3s', /delay needs a duration, as in delay:500ms/],
    ['delay:1s:2s', /does not take the duration 2s/],
    ['invalid-message:text', /text must be one of json, event, binary, other-task/],
    ['fail:a-b', /error_code/],
  ])('rejects %s', (spec, message) => {
    expect(() => parseFaults(`reset, ${spec}`)).toThrow(
      expect.objectContaining({ code: 'E_OPTION', message: expect.stringMatching(message) }),
    );
  });

  it.each<[string, RegExp]>([
    ['dorp@3s', /^Did you mean drop\?$/],
    ['halfopen', /^Did you mean half-open\?$/],
    ['neverfinish', /^Did you mean never-finish\?$/],
    ['xyzzy', /^The kinds are refuse, never-open, /],
  ])('rejects the unknown kind %s and suggests a similar one', (spec, hint) => {
    expect(() => parseFaults(spec)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/unknown kind/),
        hint: expect.stringMatching(hint),
      }),
    );
  });
});
