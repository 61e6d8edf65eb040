import { checkOptions, integer } from '../../core/options.ts';
import { Dice } from '../random-generator.ts';
import { spaceOut } from '../faults/fault-spacing.ts';

/** What {@link NETWORK_FAULTS} knows. */
export type NetworkFaultKind =
  | 'latency'
  | 'bandwidth'
  | 'slice'
  | 'corrupt'
  | 'drop'
  | 'reset'
  | 'half-open'
  | 'slow-close';

/** One fault of the network between a client and a service. It happens once, to the connection that is in use then. */
export interface NetworkFault {
  readonly kind: NetworkFaultKind;
  /** How far the recognition must have come, in ms. */
  readonly atMs: number;
  /** How much of it, for the kinds that have a unit. */
  readonly amount?: number;
}

/** All kinds of faults of a network; `amount` is what goes with it by chance, and its unit. */
export const NETWORK_FAULTS: Readonly<
  Record<
    NetworkFaultKind,
    { readonly does: string; readonly amount?: readonly [least: number, greatest: number, unit: string] }
  >
> = {
  latency: { does: 'all that follows takes so long, both ways', amount: [1, 100, 'ms'] },
  bandwidth: {
    does: 'no more than so much goes through, each way',
    amount: [500_000, 5_000_000, 'bytes a second'],
  },
  slice: { does: 'the next 4096 bytes each way come in pieces of this size', amount: [1, 64, 'bytes'] },
  corrupt: {
    does: 'one bit of the next byte is wrong, on the way to the service (0) or back (1)',
    amount: [0, 1, ''],
  },
  drop: { does: 'the connection ends on both sides' },
  reset: { does: 'the connection is reset (RST) on both sides' },
  'half-open': { does: 'nothing goes through any more, and nobody is told' },
  'slow-close': { does: 'the end of one side reaches the other so much later', amount: [1, 500, 'ms'] },
};

const NETWORK_FAULT_KINDS: readonly NetworkFaultKind[] = Object.keys(NETWORK_FAULTS) as NetworkFaultKind[];

const BREAKING: readonly NetworkFaultKind[] = ['corrupt', 'drop', 'reset', 'half-open'];

/**
 * Makes faults of the network by chance, 1 to 8, the same for the same seed. No three break a connection in the same
 * piece of audio.
 * @param durationMs Audio over which they are spread. @default 30_000
 * @throws {FunAsrError} `E_OPTION`
 */
export function randomNetworkFaults(
  seed: number,
  options: { readonly durationMs?: number | undefined } = {},
): readonly NetworkFault[] {
  checkOptions('randomNetworkFaults', options, { durationMs: integer(0, 86_400_000, 'ms') });
  const { durationMs = 30_000 } = options;
  const dice = new Dice(seed);
  const [first = 'drop', ...others] = NETWORK_FAULT_KINDS;
  const drawn = Array.from({ length: dice.integer(1, 8) }, (): NetworkFault => {
    const kind = dice.oneOf([first, ...others]);
    const [least, greatest] = NETWORK_FAULTS[kind].amount ?? [];
    return {
      kind,
      atMs: dice.integer(0, durationMs),
      ...(least !== undefined && greatest !== undefined && { amount: dice.integer(least, greatest) }),
    };
  });
  return spaceOut(drawn, BREAKING);
}
