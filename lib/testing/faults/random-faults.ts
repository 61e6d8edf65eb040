import { checkOptions, integer, listOf, oneOf } from '../../core/options.ts';
import { Dice } from '../random-generator.ts';
import { spaceOut } from './fault-spacing.ts';
import { type Fault, FAULT_KINDS, type FaultKind, FAULTS } from './fault-kinds.ts';

/** Options of {@link randomFaults}. */
export interface RandomFaultsOptions {
  /** Audio over which the faults are spread, in ms. @default 60_000 */
  readonly durationMs?: number | undefined;
  /** @default 1 to 8, by chance */
  readonly count?: number | undefined;
  /** Kinds to choose from. @default all */
  readonly kinds?: readonly FaultKind[] | undefined;
}

/** Faults that leave the client without its task, so that it must ask for another. */
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

/** What a client must get over, for the kinds that can be more than one thing. */
const WHATS: { readonly [Kind in FaultKind]?: readonly [string, ...string[]] } = {
  refuse: ['429', '500', '502', '503', '504'],
  throttle: ['Throttling.RateQuota', 'Throttling.AllocationQuota', 'Throttling.Concurrency'],
  close: ['1000', '1001', '1011', '1012'],
  fail: ['InternalError', 'ServiceUnavailable', 'ModelServiceFailed'],
  reorder: ['any', 'partial'],
  garbage: ['json', 'event', 'binary', 'foreign'],
};
const DELAY_MS = { least: 1, greatest: 50 };

/**
 * Makes a schedule by chance, the same for the same seed, of faults that a good client survives without a loss. Those of
 * upgrades and of starts are put where another fault makes the client come back, or at its first attempt. No three
 * faults break a task in the same piece of audio, as only audio would that cannot be recognised: for that, some may
 * come after the end of the audio, and so may never happen, and `never-finish` comes once at most.
 * @throws {FunAsrError} `E_OPTION`
 */
export function randomFaults(seed: number, options: RandomFaultsOptions = {}): readonly Fault[] {
  checkOptions('randomFaults', options, {
    durationMs: integer(0, 86_400_000, 'ms'),
    count: integer(0, 1000),
    kinds: listOf(oneOf(...FAULT_KINDS)),
  });
  const dice = new Dice(seed);
  const { durationMs = 60_000, count = dice.integer(1, 8), kinds = FAULT_KINDS } = options;
  const drawn: Fault[] = [];
  while (drawn.length < count) {
    // It always strikes the end of the audio, where a second one would meet the same piece.
    const hasEnd = drawn.some(({ kind }) => kind === 'never-finish');
    const [first, ...others] = kinds.filter((kind) => !hasEnd || kind !== 'never-finish');
    if (first === undefined) break;
    drawn.push({ kind: dice.oneOf([first, ...others]), atMs: dice.integer(0, durationMs) });
  }
  const spaced = spaceOut(drawn, BREAKING);
  const returns: [number, ...number[]] = [
    0,
    ...spaced.filter(({ kind }) => BREAKING.includes(kind)).map(({ atMs }) => atMs),
  ];
  return spaced.map(({ kind, atMs }): Fault => {
    const isAtReturn = ['upgrade', 'run-task'].includes(FAULTS[kind].occasion);
    const whats = WHATS[kind];
    return {
      kind,
      atMs: isAtReturn ? dice.oneOf(returns) : atMs,
      ...(whats && { what: dice.oneOf(whats) }),
      ...(kind === 'delay' && { forMs: dice.integer(DELAY_MS.least, DELAY_MS.greatest) }),
    };
  });
}
