import { describe, expect, it } from 'vitest';
import { formatFaults, parseFaults } from '../../../lib/testing/faults/fault-spec.ts';
import type { Fault, FaultKind } from '../../../lib/testing/faults/fault-kinds.ts';
import { shrink } from '../../../lib/testing/faults/shrink.ts';

const needs =
  (...kinds: readonly FaultKind[]) =>
  async (faults: readonly Fault[]) =>
    kinds.every((kind) => faults.some((fault) => fault.kind === kind));

describe('a schedule that fails', () => {
  it('is left with the faults that it takes to fail', async () => {
    const faults = parseFaults('drop@1s, garbage@2s, reset@3s, duplicate@4s, delay:1ms@5s');
    expect(formatFaults(await shrink(faults, needs('delay', 'garbage')))).toBe('garbage@2s, delay:1ms@5s');
    expect(await shrink(faults, needs())).toEqual([]);
    expect(await shrink(faults, needs('throttle'))).toEqual(faults);
  });

  it('is tried anew once a fault is gone', async () => {
    const faults = parseFaults('drop@1s, reset@2s, garbage@3s');
    // A drop can be spared only when there is no reset.
    const fails = async (tried: readonly Fault[]) =>
      tried.some(({ kind }) => kind === 'garbage') &&
      (tried.some(({ kind }) => kind === 'drop') || tried.every(({ kind }) => kind !== 'reset'));
    expect(formatFaults(await shrink(faults, fails))).toBe('garbage@3s');
  });
});
