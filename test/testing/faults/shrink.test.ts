import { describe, expect, it } from 'vitest';
import { formatFaults, parseFaults } from '../../../lib/testing/faults/fault-spec.ts';
import type { Fault, FaultKind } from '../../../lib/testing/faults/fault-kinds.ts';
import { shrink } from '../../../lib/testing/faults/shrink.ts';

const needs =
  (...kinds: readonly FaultKind[]) =>
  async (faults: readonly Fault[]) =>
    kinds.every((kind) => faults.some((fault) => fault.kind === kind));

describe('shrink', () => {
  it('keeps only the faults that are needed to fail', async () => {
    const faults = parseFaults('drop@1s, invalid-message@2s, reset@3s, duplicate@4s, delay:1ms@5s');
    expect(formatFaults(await shrink(faults, needs('delay', 'invalid-message')))).toBe(
      'invalid-message@2s, delay:1ms@5s',
    );
    expect(await shrink(faults, needs())).toEqual([]);
    expect(await shrink(faults, needs('throttle'))).toEqual(faults);
  });

  it('tries all faults again after it has removed one', async () => {
    const faults = parseFaults('drop@1s, reset@2s, invalid-message@3s');
    // The drop can be removed only after the reset.
    const fails = async (tried: readonly Fault[]) =>
      tried.some(({ kind }) => kind === 'invalid-message') &&
      (tried.some(({ kind }) => kind === 'drop') || tried.every(({ kind }) => kind !== 'reset'));
    expect(formatFaults(await shrink(faults, fails))).toBe('invalid-message@3s');
  });
});
