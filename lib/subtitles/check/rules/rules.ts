import { LINE_RULES } from './line-rules.ts';
import type { Rule } from './rule.ts';
import { TIME_RULES } from './time-rules.ts';

/** All rules about cues. A rule about two cues is reported for the first, whose end is wrong; `order` for the second. */
export const RULES: readonly Rule[] = [...TIME_RULES, ...LINE_RULES];
