import type { FinalSentence, Word } from '../../sentence.ts';
import type { Profile } from '../profiles/profile.ts';
import { type Speaker, speakerOf } from './speaker.ts';
import type { TimedToken } from '../words/timed-tokens.ts';
import { timedTokens } from '../words/timed-tokens.ts';

/** What one speaker says in a sentence. */
export interface Turn {
  readonly speaker: Speaker;
  /** At least one. */
  readonly tokens: readonly TimedToken[];
}

/** Splits a sentence where the speaker changes. Most have one speaker. */
export function turnsOf(sentence: FinalSentence, profile: Profile): Turn[] {
  const tokens = timedTokens(sentence, profile);
  if (tokens.length === 0) return [];
  const name = speakerOf(sentence);
  const speaker: Speaker = {
    ...(name !== undefined && { speaker: name }),
    ...(typeof sentence.channel_id === 'number' && { channel: sentence.channel_id }),
  };
  const changes = speakerChanges(sentence.words);
  if (changes.length === 0) return [{ speaker, tokens }];

  const turns: { speaker: Speaker; tokens: TimedToken[] }[] = [];
  for (const token of tokens) {
    const { id } = changes.findLast(({ beginMs }) => beginMs <= token.beginMs) ?? { id: changes[0]?.id };
    const last = turns.at(-1);
    if (last?.speaker.speakerId === id && last) last.tokens.push(token);
    else turns.push({ speaker: { ...speaker, speakerId: id }, tokens: [token] });
  }
  return turns;
}

/** Where the words of each speaker begin, when the service has numbered the speakers. */
function speakerChanges(
  words: readonly Word[],
): { readonly id: number | string; readonly beginMs: number }[] {
  const changes: { id: number | string; beginMs: number }[] = [];
  for (const { speaker_id: id, begin_time } of words) {
    if ((typeof id === 'number' || typeof id === 'string') && changes.at(-1)?.id !== id) {
      changes.push({ id, beginMs: begin_time });
    }
  }
  return changes;
}
