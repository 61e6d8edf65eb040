import { checkArgument, checkOptions, integer, listOf, number, oneOf } from '../../core/options.ts';
import { RandomGenerator } from '../random-generator.ts';
import { type Fault, FAULT_KINDS, type FaultKind, FAULTS } from './fault-kinds.ts';
import { spaceFaults } from './fault-spacing.ts';

/** Options of {@link randomFaults}. */
export interface RandomFaultsOptions {
  /** Audio over which the faults are spread, in ms. @default 60_000 */
  readonly durationMs?: number | undefined;
  /** Number of faults. @default 1 to 8, random */
  readonly count?: number | undefined;
  /** The kinds to choose from. @default all */
  readonly kinds?: readonly FaultKind[] | undefined;
}

/** Faults that end the client's task, so that the client must start another one. */
export const BREAKING: readonly FaultKind[] = [
  'drop',
  'reset',
  'half-open',
  'stop-reading',
  'close',
  'fail',
  'finish-early',
  'never-finish',
];

/** Parameters that a client must survive. Others, such as a refused key, are permanent errors. */
const PARAMETERS: { readonly [Kind in FaultKind]?: readonly [string, ...string[]] } = {
  refuse: ['429', '500', '502', '503', '504'],
  throttle: ['Throttling.RateQuota', 'Throttling.AllocationQuota', 'Throttling.Concurrency'],
  close: ['1000', '1001', '1011', '1012'],
  fail: ['InternalError', 'ServiceUnavailable', 'ModelServiceFailed'],
  reorder: ['any', 'partial'],
  'invalid-message': ['json', 'event', 'binary', 'other-task'],
};
const DELAY_MS = { min: 1, max: 50 };

/**
 * Generates a schedule from a seed, of faults that a correct client survives without loss. The same seed gives the same
 * schedule. Faults at an upgrade or at the start of a task are placed at the first connection or at a fault that makes
 * the client reconnect. No three faults break a task within the same audio, because a client may retry as few as two
 * times without a new final sentence. For this reason some faults may be due after the end of the audio and never fire,
 * and `never-finish` occurs at most once.
 * @throws {FunAsrError} `E_OPTION`
 */
export function randomFaults(seed: number, options: RandomFaultsOptions = {}): readonly Fault[] {
  checkArgument('randomFaults', 'the seed', seed, number(-Number.MAX_VALUE, Number.MAX_VALUE));
  checkOptions('randomFaults', options, {
    durationMs: integer(0, 86_400_000, 'ms'),
    count: integer(0, 1000),
    kinds: listOf(oneOf(...FAULT_KINDS)),
  });
  const random = new RandomGenerator(seed);
  const { durationMs = 60_000, count = random.integer(1, 8), kinds = FAULT_KINDS } = options;
  const drawn: Fault[] = [];
  while (drawn.length < count) {
    // It always fires at the end of the audio, where a second one would affect the same audio.
    const hasEnd = drawn.some(({ kind }) => kind === 'never-finish');
    const [first, ...others] = kinds.filter((kind) => !hasEnd || kind !== 'never-finish');
    if (first === undefined) break;
    drawn.push({ kind: random.pick([first, ...others]), atMs: random.integer(0, durationMs) });
  }
  const spaced = spaceFaults(drawn, BREAKING);
  const reconnects: [number, ...number[]] = [
    0,
    ...spaced.filter(({ kind }) => BREAKING.includes(kind)).map(({ atMs }) => atMs),
  ];
  return spaced.map(({ kind, atMs }): Fault => {
    const isAtReconnect = ['upgrade', 'run-task'].includes(FAULTS[kind].trigger);
    const parameters = PARAMETERS[kind];
    return {
      kind,
      atMs: isAtReconnect ? random.pick(reconnects) : atMs,
      ...(parameters && { parameter: random.pick(parameters) }),
      ...(kind === 'delay' && { durationMs: random.integer(DELAY_MS.min, DELAY_MS.max) }),
    };
  });
}
