import type { Family } from './family.ts';

/** Languages that names of models contain as words. */
const WORDS: Readonly<Record<string, string>> = {
  cantonese: 'yue',
  english: 'en',
  french: 'fr',
  german: 'de',
  japanese: 'ja',
  korean: 'ko',
  reazonspeech: 'ja',
  russian: 'ru',
  thai: 'th',
};

/** Codes that names of models contain. Others, such as `a` and `is`, are words. */
const CODES: ReadonlySet<string> = new Set(
  'ar be bn ca cs da de el en es fa fi fr he hi hr hu id it ja ko ms nl no pl pt ro ru sk sv ta th tr uk ur vi wu yue zh'.split(
    ' ',
  ),
);

/**
 * The languages of a model, as far as its family, its metadata or the name of its folder say.
 * @returns ISO 639 codes; empty when they are not known.
 */
export function languagesOf(
  family: Family,
  metadata: ReadonlyMap<string, string>,
  folderName: string,
): readonly string[] {
  if (family.languages) return family.languages;
  if (metadata.get('is_multilingual') === '0') return ['en'];
  const codes = metadata.get('all_language_codes')?.split(',').filter(Boolean);
  if (codes?.length) return codes;
  const names = [
    ...folderName.toLowerCase().split(/[^a-z0-9]+/),
    metadata.get('language')?.toLowerCase() ?? '',
  ];
  const found = names.flatMap((name) => (CODES.has(name) ? [name] : (WORDS[name] ?? [])));
  return [...new Set(found)];
}
