import { type Character, charactersOf, textOf, widthOf } from '../../words/characters.ts';
import type { Profile } from '../../profiles/profile.ts';
import { markupParts } from '../file/markup.ts';
import type { SubtitleFormat } from '../file/subtitle-file.ts';
import { type CueView, type MeasuredLine, type Scene, withLines } from '../rules/cue-view.ts';
import { LINE_RULES } from '../rules/line-rules.ts';
import { best, type Candidate } from './best.ts';

/** Scripts without spaces between words, and their punctuation. */
const WITHOUT_SPACES = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\u3000-\u303F\uFF00-\uFF60]/u;

const WIDE_PUNCTUATION = /[\u3000-\u303F\uFF00-\uFF60]/u;

/** Spaces at which a line may break. Not the non-breaking ones. */
const SPACE = /^[ \t\u3000]$/u;

const BOUND_AFTER_DIGIT = /^\p{N}$/u;

const AFTER_PUNCTUATION = /[\p{Po}\p{Pe}\p{Pf}]$/u;

const MAX_ATOMS = 500;

/** A character or a tag of the text. The visible text of a tag is empty. */
interface Atom extends Character {
  readonly raw: string;
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
export function repairLines(scene: Scene, strict: boolean): CueView {
  const { cue: view, profile, format } = scene;
  const width = view.widths.reduce((total, one) => total + one, 0);
  if (view.isDialogue || width > 2 * profile.maxLineWidth + 2 || !hasLineFinding(scene)) return view;
  const atoms = atomsOf(joinedLines(view.cue.lines, format, profile), format, profile);
  // Two lines cannot hold more text. More tags would make the search long.
  if (atoms.length > MAX_ATOMS) return view;
  const candidates: Candidate[] = [{ cue: withLines(view, [measured(atoms)]), cost: [1, 0, 0] }];
  for (const split of profile.maxLineCount > 1 ? splitsOf(atoms, profile) : []) {
    const left = measured(split.left);
    const right = measured(split.right);
    if (Math.max(left.width, right.width) > profile.maxLineWidth) continue;
    const afterPunctuation = AFTER_PUNCTUATION.test(left.visible) ? 0 : 1;
    const imbalance = Math.abs(left.width - right.width);
    const cue = withLines(view, [left, right]);
    // A break before a dash or a name would make another speaker of the second line.
    if (!cue.isDialogue) candidates.push({ cue, cost: [2, afterPunctuation, imbalance] });
  }
  return best(scene, candidates, strict);
}

/** Whether the lines of a cue break a rule. */
function hasLineFinding(scene: Scene): boolean {
  return LINE_RULES.some(({ check }) => check(scene).length > 0);
}

/**
 * The text of a cue in one line. A space takes the place of a line break, except between characters without spaces
 * and beside wide punctuation.
 */
function joinedLines(lines: readonly string[], format: SubtitleFormat, profile: Profile): string {
  return lines
    .map((line) => line.trim())
    .reduce((text, line) => {
      const left = textOf(atomsOf(text, format, profile)).at(-1) ?? '';
      const right = textOf(atomsOf(line, format, profile))[0] ?? '';
      const isSpaceless =
        (WITHOUT_SPACES.test(left) && WITHOUT_SPACES.test(right)) || WIDE_PUNCTUATION.test(left + right);
      return left === '' || right === '' || isSpaceless ? text + line : `${text} ${line}`;
    }, '');
}

function* splitsOf(atoms: readonly Atom[], profile: Profile): Generator<Split> {
  const hasBreaksInWords = profile.language === 'zh' || profile.language === 'ja';
  for (let index = 1; index < atoms.length; index += 1) {
    const before = atoms.slice(0, index);
    const right = atoms.slice(index);
    const last = before.findLast(({ text }) => text !== '')?.text ?? '';
    const first = right[0];
    if (!first || last === '' || textOf(right).trim() === '') continue;
    if (SPACE.test(first.text)) {
      if (!SPACE.test(last)) yield { left: before, right: right.slice(1) };
      continue;
    }
    // An end tag belongs to the text before it. Any other tag belongs to the text after it.
    const isTag = first.text === '';
    if (isTag && first.raw.startsWith('</')) continue;
    if (!isTag && before.at(-1)?.text === '' && !before.at(-1)?.raw.startsWith('</')) continue;
    const next = right.find(({ text }) => text !== '')?.text ?? '';
    if (SPACE.test(last) || SPACE.test(next)) continue;
    if (hasBreaksInWords && mayBreakBetween(last, next)) yield { left: before, right };
  }
}

function mayBreakBetween(left: string, right: string): boolean {
  return (WITHOUT_SPACES.test(left) || WITHOUT_SPACES.test(right)) && !BOUND_AFTER_DIGIT.test(left);
}

function atomsOf(line: string, format: SubtitleFormat, profile: Profile): Atom[] {
  return markupParts(line, format).flatMap(({ raw, visible }): Atom[] => {
    const characters = charactersOf(visible, profile);
    if (visible === raw) return characters.map((character) => ({ ...character, raw: character.text }));
    // A tag or an escape is one atom.
    return [{ raw, text: visible, width: widthOf(characters) }];
  });
}

/** A line without the spaces at its ends. */
function measured(atoms: readonly Atom[]): MeasuredLine {
  const isText = ({ raw }: Atom): boolean => raw.trim() !== '';
  const line = atoms.slice(atoms.findIndex(isText), atoms.findLastIndex(isText) + 1);
  return { raw: line.map(({ raw }) => raw).join(''), visible: textOf(line), width: widthOf(line) };
}
