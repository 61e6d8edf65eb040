import { checkArgument, checkOptions, integer, number } from '../../core/options.ts';
import { spaceFaults } from '../faults/fault-spacing.ts';
import { RandomGenerator } from '../random-generator.ts';

/** The kinds of network faults; described in {@link NETWORK_FAULTS}. */
export type NetworkFaultKind =
  | 'latency'
  | 'bandwidth'
  | 'slice'
  | 'corrupt'
  | 'drop'
  | 'reset'
  | 'half-open'
  | 'slow-close';

/** One fault of the network between a client and a service. It fires once, on the connection in use at that time. */
export interface NetworkFault {
  readonly kind: NetworkFaultKind;
  /** Progress of the recognition at which the fault is due, in ms. */
  readonly atMs: number;
  /** The strength of the fault, in the unit of its kind. @default 1 */
  readonly amount?: number;
}

/** Describes one kind of network fault. */
export interface NetworkFaultInfo {
  /** The effect of the fault, in English. */
  readonly description: string;
  /** The range of random amounts, and their unit. */
  readonly amount?: readonly [min: number, max: number, unit: string];
}

/** All kinds of network faults. */
export const NETWORK_FAULTS: Readonly<Record<NetworkFaultKind, NetworkFaultInfo>> = {
  latency: { description: 'delays all following data in both directions', amount: [1, 100, 'ms'] },
  bandwidth: {
    description: 'limits the data rate in each direction',
    amount: [500_000, 5_000_000, 'bytes per second'],
  },
  slice: {
    description: 'delivers the next 4096 bytes in each direction in pieces of this size',
    amount: [1, 64, 'bytes'],
  },
  corrupt: {
    description: 'flips one bit of the next byte, upstream (0) or downstream (1)',
    amount: [0, 1, ''],
  },
  drop: { description: 'closes the connection on both sides' },
  reset: { description: 'resets the connection (RST) on both sides' },
  'half-open': { description: 'forwards nothing more and keeps both sides open' },
  'slow-close': {
    description: 'delays the close of one side before it reaches the other',
    amount: [1, 500, 'ms'],
  },
};

const NETWORK_FAULT_KINDS: readonly NetworkFaultKind[] = Object.keys(NETWORK_FAULTS) as NetworkFaultKind[];

const BREAKING: readonly NetworkFaultKind[] = ['corrupt', 'drop', 'reset', 'half-open'];

/** Options of {@link randomNetworkFaults}. */
export interface RandomNetworkFaultsOptions {
  /** Audio over which the faults are spread, in ms. @default 30_000 */
  readonly durationMs?: number | undefined;
}

/**
 * Generates 1 to 8 network faults from a seed. The same seed gives the same faults. No three of them break a connection
 * within the same audio.
 * @throws {FunAsrError} `E_OPTION`
 */
export function randomNetworkFaults(
  seed: number,
  options: RandomNetworkFaultsOptions = {},
): readonly NetworkFault[] {
  checkArgument('randomNetworkFaults', 'the seed', seed, number(-Number.MAX_VALUE, Number.MAX_VALUE));
  checkOptions('randomNetworkFaults', options, { durationMs: integer(0, 86_400_000, 'ms') });
  const { durationMs = 30_000 } = options;
  const random = new RandomGenerator(seed);
  const [first = 'drop', ...others] = NETWORK_FAULT_KINDS;
  const drawn = Array.from({ length: random.integer(1, 8) }, (): NetworkFault => {
    const kind = random.pick([first, ...others]);
    const [min, max] = NETWORK_FAULTS[kind].amount ?? [];
    return {
      kind,
      atMs: random.integer(0, durationMs),
      ...(min !== undefined && max !== undefined && { amount: random.integer(min, max) }),
    };
  });
  return spaceFaults(drawn, BREAKING);
}
