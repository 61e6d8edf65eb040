import type { Family } from './family.ts';

/** The marks that sherpa-onnx looks up when it loads a punctuation model, and the one that stands for none. */
const NEEDED_MARKS = ['，', '。', '？', '、', '_'];

/**
 * What is wrong with the metadata of a punctuation model. sherpa-onnx ends the process on such a model.
 * @returns Undefined when nothing is.
 */
export function wrongPunctuation(metadata: ReadonlyMap<string, string>): string | undefined {
  const listOf = (key: string): string[] => (metadata.get(key) ?? '').split('|');
  const [tokens, marks] = [listOf('tokens'), listOf('punctuations')];
  const size = Number(metadata.get('vocab_size'));
  if (tokens.length !== size) return `its metadata have ${tokens.length} tokens, and the model has ${size}`;
  const unknown = metadata.get('unk_symbol') ?? '';
  if (!tokens.includes(unknown)) return `its tokens lack ${unknown}, the one for unknown words`;
  const lacking = NEEDED_MARKS.filter((mark) => !marks.includes(mark));
  return lacking.length > 0 ? `its marks lack ${lacking.join(' ')}` : undefined;
}

const FULL_STOP = /^▁?[.。]$/;
const COMMA = /^▁?[,，、]$/;

/**
 * Whether the texts of a speech model have no punctuation.
 * @param tokens The tokens of its table.
 */
export function lacksMarks(family: Family, folderName: string, tokens: ReadonlySet<string>): boolean {
  const { writesMarks = 'always', withoutMarks } = family;
  if (withoutMarks?.test(folderName)) return true;
  if (writesMarks !== 'by tokens') return writesMarks === 'never';
  const hasAny = (mark: RegExp): boolean => [...tokens].some((token) => mark.test(token));
  return !hasAny(FULL_STOP) || !hasAny(COMMA);
}
