import { charactersOf, widthOf } from '../../cues/characters.ts';
import type { Profile } from '../../profiles/profile.ts';
import { markupParts } from '../file/markup.ts';
import type { FileCue, SubtitleFormat } from '../file/subtitle-file.ts';
import type { Scene } from '../rules/cue-view.ts';
import { best, type Candidate } from './best.ts';

/** Scripts without spaces between words, and their punctuation. */
const WITHOUT_SPACES = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\u3000-\u303F\uFF00-\uFF60]/u;

/** Spaces at which a line may break. Not the non-breaking ones. */
const SPACE = /^[ \t\u3000]$/u;

const BOUND_AFTER_DIGIT = /^\p{N}$/u;

const AFTER_PUNCTUATION = /[\p{Po}\p{Pe}\p{Pf}]$/u;

/** A character or a tag of the text. */
interface Atom {
  readonly raw: string;
  /** Empty for a tag. */
  readonly visible: string;
}

/** A part of the text before and after a possible line break. */
interface Split {
  readonly left: readonly Atom[];
  readonly right: readonly Atom[];
}

/**
 * Repairs where the lines of a cue break: lines that are too wide, too many or uneven, marks at the wrong end of a line. The
 * lines of a dialogue stay as they are.
 * @returns The cue, with other lines when they break fewer rules.
 */
export function repairLines(scene: Scene, strict: boolean): FileCue {
  const { cue: view, profile, format } = scene;
  const width = view.widths.reduce((total, one) => total + one, 0);
  // Two lines cannot hold more, and the search would take long.
  if (view.isDialogue || view.lines.length === 0 || width > 2 * profile.maxLineWidth + 2) return view.cue;
  const atoms = atomsOf(joinedLines(view.cue.lines, format, profile), format, profile);
  const candidates: Candidate[] = [{ cue: { ...view.cue, lines: [textOf(atoms)] }, cost: [1, 0, 0] }];
  if (profile.maxLineCount > 1) {
    for (const { left, right } of splitsOf(atoms, profile)) {
      const imbalance = Math.abs(visibleWidth(left, profile) - visibleWidth(right, profile));
      const afterPunctuation = AFTER_PUNCTUATION.test(visibleOf(left)) ? 0 : 1;
      const lines = [textOf(left), textOf(right)];
      candidates.push({ cue: { ...view.cue, lines }, cost: [2, afterPunctuation, imbalance] });
    }
  }
  return best(scene, candidates, strict);
}

/** The text of a cue in one line. A space takes the place of a line break, except between characters without spaces. */
function joinedLines(lines: readonly string[], format: SubtitleFormat, profile: Profile): string {
  return lines
    .map((line) => line.trim())
    .reduce((text, line) => {
      const left = visibleOf(atomsOf(text, format, profile)).at(-1) ?? '';
      const right = visibleOf(atomsOf(line, format, profile))[0] ?? '';
      const isSpaceless = WITHOUT_SPACES.test(left) && WITHOUT_SPACES.test(right);
      return left === '' || right === '' || isSpaceless ? text + line : `${text} ${line}`;
    });
}

function* splitsOf(atoms: readonly Atom[], profile: Profile): Generator<Split> {
  const hasBreaksInWords = profile.language === 'zh' || profile.language === 'ja';
  for (let index = 1; index < atoms.length; index += 1) {
    const before = atoms.slice(0, index);
    const right = atoms.slice(index);
    const last = before.findLast(({ visible }) => visible !== '')?.visible ?? '';
    const first = right[0];
    if (!first || last === '' || visibleOf(right).trim() === '') continue;
    if (SPACE.test(first.visible)) {
      if (!SPACE.test(last)) yield { left: before, right: right.slice(1) };
      continue;
    }
    // An end tag belongs to the text before it. Any other tag belongs to the text after it.
    const isTag = first.visible === '';
    if (isTag && first.raw.startsWith('</')) continue;
    if (!isTag && before.at(-1)?.visible === '' && !before.at(-1)?.raw.startsWith('</')) continue;
    const next = right.find(({ visible }) => visible !== '')?.visible ?? '';
    if (SPACE.test(last) || SPACE.test(next)) continue;
    if (hasBreaksInWords && mayBreakBetween(last, next)) yield { left: before, right };
  }
}

function mayBreakBetween(left: string, right: string): boolean {
  return (WITHOUT_SPACES.test(left) || WITHOUT_SPACES.test(right)) && !BOUND_AFTER_DIGIT.test(left);
}

function atomsOf(text: string, format: SubtitleFormat, profile: Profile): Atom[] {
  return markupParts(text, format).flatMap((part) =>
    part.visible === part.raw
      ? charactersOf(part.raw, profile).map(({ text: raw }) => ({ raw, visible: raw }))
      : [part],
  );
}

function textOf(atoms: readonly Atom[]): string {
  return atoms
    .map(({ raw }) => raw)
    .join('')
    .trim();
}

function visibleOf(atoms: readonly Atom[]): string {
  return atoms.map(({ visible }) => visible).join('');
}

function visibleWidth(atoms: readonly Atom[], profile: Profile): number {
  return widthOf(charactersOf(visibleOf(atoms), profile));
}
