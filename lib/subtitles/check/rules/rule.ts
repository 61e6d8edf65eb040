import type { Scene } from './cue-view.ts';

export type Severity = 'error' | 'warning';

/** Ids of all rules. The reading of the file finds the first two. */
export type RuleId =
  | 'syntax'
  | 'encoding'
  | 'order'
  | 'overlap'
  | 'zero-duration'
  | 'empty-cue'
  | 'line-count'
  | 'line-width'
  | 'kinsoku'
  | 'cps'
  | 'min-duration'
  | 'max-duration'
  | 'min-gap'
  | 'open-gap'
  | 'bad-break'
  | 'balance'
  | 'end-punctuation';

/** What a cue has that a rule does not allow. */
export interface Violation {
  readonly value: number | string;
  readonly limit: number | string;
  readonly message: string;
  /** Index of the line of text; undefined for the cue. */
  readonly textLine?: number | undefined;
}

/** A rule about a cue. */
export interface Rule {
  readonly id: RuleId;
  readonly severity: Severity;
  readonly check: (scene: Scene) => Violation[];
}
