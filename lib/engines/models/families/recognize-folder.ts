import { basename, join } from 'node:path';
import type { FunAsrError } from '../../../core/errors.ts';
import type { SpeechModelConfig, SpeechModelOptions } from '../local-model.ts';
import type { Family, Part } from './family.ts';
import { FAMILIES } from './family-table.ts';
import { type Entries, listFolder, readText, realFolder, stampOf } from './folder-files.ts';
import { languagesOf } from './languages.ts';
import { hasMetadata, type Metadata, metadataIn, MODEL_ENDING, whyDamaged } from './model-file.ts';
import { lacksMarks, wrongPunctuation } from './punctuation-checks.ts';
import { refused } from './refused.ts';
import { isStreaming, tailMsOf, wrongStep } from './streaming-checks.ts';
import { STREAMING_FAMILIES } from './streaming-families.ts';

/** A model in a folder of the user. */
export interface FolderModel {
  /** Absolute, without symbolic links. */
  readonly folder: string;
  readonly family: Family;
  /** ISO 639 codes; empty when they are not known. */
  readonly languages: readonly string[];
  /** Paths in the folder, in a fixed order. */
  readonly files: readonly string[];
  /** Changes when a file is changed: a digest of the family, and of the names, sizes and times of the files. */
  readonly stamp: string;
  /** Whether its texts have no punctuation. */
  readonly lacksMarks: boolean;
  /** For a streaming model: see `SpeechModelFiles`. */
  readonly streamingTailMs: number | undefined;
  /**
   * Returns the configuration for sherpa-onnx.
   * @param folder Where the files are: the folder itself, or a copy.
   * @param options A language of the model is set, if the family has such a setting.
   */
  readonly configIn: (folder: string, options?: SpeechModelOptions) => SpeechModelConfig;
}

/**
 * Recognises the family of the model in a folder by its files, their metadata and the name of the folder, and checks
 * all that can be checked without loading it: sherpa-onnx ends the process on some files that do not fit.
 * @throws {FunAsrError} `E_MODEL_REFUSED`, with what is missing
 */
export function recognizeFolder(path: string): FolderModel {
  const folder = realFolder(path);
  const entries = listFolder(folder);
  const all = FAMILIES.map((family) => match(family, entries));
  const metadata = metadataOf(folder, all);
  const name = basename(folder).toLowerCase();
  const ranked = all
    .map((found) => ({ ...found, score: scoreOf(found, metadata, name) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score);
  const best =
    ranked.find(
      ({ family, chosen }) => isStreaming(mainOf(chosen, metadata), name) === Boolean(family.step),
    ) ??
    ranked[0] ??
    nearest(all);
  // Without the metadata of a damaged file, the family is not certain.
  const damaged = best?.missing.length === 0 ? [] : damagedIn(folder, all, metadata);
  if (!best) throw unknown(folder, entries, damaged);
  const { family, chosen, missing } = best;
  const isLike = `looks like ${family.title}, but`;
  if (missing.length > 0) throw refused(folder, `${isLike} ${[...damaged, ...missing].join(' and ')}`);
  const own = mainOf(chosen, metadata);
  if (!family.step && isStreaming(own, name)) {
    const known = STREAMING_FAMILIES.map(({ title }) => title).join(', ');
    throw refused(folder, `${isLike} its model is for streaming. Supported are ${known}`);
  }
  const tokens = checkFiles(folder, best, metadata, isLike);
  const languages = languagesOf(family, own, name);
  const files = filesOf(best);
  return {
    folder,
    family,
    languages,
    files,
    stamp: stampOf(folder, files),
    lacksMarks: lacksMarks(family, name, tokens),
    streamingTailMs: tailMsOf(family, own),
    configIn: (at, options) => configOf(best, at, options, languages),
  };
}

interface Match {
  readonly family: Family;
  /** The names of its parts, by the key in the configuration. */
  readonly chosen: Readonly<Record<string, string>>;
  /** The name of the table of tokens. */
  readonly tokens: string | undefined;
  readonly missing: readonly string[];
}

function match(family: Family, entries: Entries): Match {
  const chosen: Record<string, string> = {};
  const missing: string[] = [];
  for (const [key, part] of Object.entries(family.parts)) {
    const found = choose(part, entries);
    if (found.reason !== undefined) missing.push(found.reason);
    if (found.name !== undefined) chosen[key] = found.name;
  }
  const tokens = family.tokens && choose(family.tokens, entries);
  if (tokens?.reason !== undefined) missing.push(tokens.reason);
  return { family, chosen, tokens: tokens?.name, missing };
}

interface Choice {
  readonly name?: string;
  /** Why it cannot be used. */
  readonly reason?: string;
}

/** Chooses the file of a part: with 8-bit weights if there is one, because it is smaller and faster. */
function choose(part: Part, entries: Entries): Choice {
  const names = [...entries.keys()].filter((name) => part.name.test(name.replace(MODEL_ENDING, '')));
  const usable = names.filter((name) => (part.contains ? entries.get(name) : isFile(part, name, entries)));
  const [first] = usable;
  if (first === undefined) return { reason: `${part.example} is missing` };
  if (new Set(usable.map((name) => name.replace(MODEL_ENDING, ''))).size > 1)
    return { name: first, reason: `there are several models: ${usable.join(', ')}. Keep one` };
  const lacking = part.contains?.filter((name) => !entries.get(first)?.includes(name)) ?? [];
  if (lacking.length > 0)
    return { name: first, reason: `${first}/${lacking.join(`, ${first}/`)} is missing` };
  return { name: usable.find((name) => name.includes('.int8.')) ?? first };
}

function isFile(part: Part, name: string, entries: Entries): boolean {
  return entries.get(name) === undefined && (MODEL_ENDING.test(name) || part.example.endsWith('.txt'));
}

/** The metadata of the first part. */
function mainOf(chosen: Readonly<Record<string, string>>, metadata: FilesMetadata): Metadata {
  return metadata.get(Object.values(chosen)[0] ?? '') ?? new Map<string, string>();
}

/** The names of the model files that were chosen for any family. */
function modelFilesOf(matches: readonly Match[]): string[] {
  const names = new Set(matches.flatMap(({ chosen }) => Object.values(chosen)));
  return [...names].filter((name) => MODEL_ENDING.test(name));
}

/** By the names of files. A file that is damaged has none. */
type FilesMetadata = ReadonlyMap<string, Metadata>;

function metadataOf(folder: string, matches: readonly Match[]): FilesMetadata {
  const found = modelFilesOf(matches).map((name) => [name, metadataIn(join(folder, name))] as const);
  return new Map(found.flatMap(([name, metadata]) => (metadata ? [[name, metadata]] : [])));
}

/** What is wrong with the model files that are damaged. */
function damagedIn(folder: string, matches: readonly Match[], metadata: FilesMetadata): string[] {
  const damaged = modelFilesOf(matches).filter((name) => !metadata.has(name));
  return damaged.map((name) => `${name} ${whyDamaged(join(folder, name))}`);
}

/** The family of which most is there, when no family fits: what it lacks helps more than the list of all families. */
function nearest(matches: readonly Match[]): Match | undefined {
  return matches
    .filter(({ family, chosen }) => family.hasOwnFileNames && Object.keys(chosen).length > 0)
    .toSorted((a, b) => a.missing.length - b.missing.length)[0];
}

/** How well a folder fits a family: evidence in the metadata, then own file names, then the name of the folder. */
function scoreOf({ family, chosen, missing }: Match, metadata: FilesMetadata, folderName: string): number {
  const names = Object.values(chosen);
  const own = metadata.get(names[0] ?? '');
  const type = own?.get('model_type') ?? '';
  const isTyped =
    family.modelTypes?.includes(type) || (family.metadataKey !== undefined && own?.has(family.metadataKey));
  // Another family is certain.
  const isOther =
    !isTyped && FAMILIES.some(({ modelTypes }) => modelTypes?.includes(type)) && !family.hasOwnFileNames;
  if (isOther || names.length === 0) return 0;
  const isNamed = family.folderName.test(folderName);
  if (!isTyped && !isNamed && (!family.hasOwnFileNames || (missing.length > 0 && names.length < 2))) return 0;
  const share = names.length / Object.keys(family.parts).length;
  return (missing.length === 0 ? 100 : 0) + (isTyped ? 10 : 0) + (isNamed ? 5 : 0) + share * 8 + names.length;
}

/** Checks what sherpa-onnx reads when it loads the model. @returns The tokens of its table. */
function checkFiles(
  folder: string,
  { family, chosen, tokens }: Match,
  metadata: FilesMetadata,
  isLike: string,
): ReadonlySet<string> {
  for (const [key, name] of Object.entries(chosen)) {
    if (!MODEL_ENDING.test(name)) continue;
    const own = metadata.get(name);
    if (!own) throw refused(folder, `${isLike} ${name} ${whyDamaged(join(folder, name))}`);
    if (!hasMetadata(name)) continue;
    const { metadata: needed = [], metadataOfType } = family.parts[key] ?? {};
    const type = own.get('model_type') ?? '';
    if (metadataOfType && type !== '' && !Object.hasOwn(metadataOfType, type))
      throw refused(
        folder,
        `${isLike} ${name} has the type ${type}. Supported are ${Object.keys(metadataOfType).join(', ')}`,
      );
    const lacking = [...needed, ...(metadataOfType?.[type] ?? [])].filter((entry) => !own.get(entry));
    if (lacking.length > 0)
      throw refused(
        folder,
        `${isLike} the metadata of ${name} lack ${lacking.join(', ')}. Export it for sherpa-onnx`,
      );
  }
  const main = mainOf(chosen, metadata);
  const wrong =
    family.kind === 'punctuation' ? wrongPunctuation(main) : family.step && wrongStep(family.step, main);
  if (wrong !== undefined) throw refused(folder, `${isLike} ${wrong}`);
  if (tokens === undefined) return new Set();
  const lines = readText(folder, tokens).trimEnd().split(/\r?\n/);
  const bad = lines.findIndex((line) => !/^(.*\s)?\d+\s*$/.test(line));
  if (bad >= 0) throw refused(folder, `${isLike} line ${bad + 1} of ${tokens} is not a token and its number`);
  const known = new Set(lines.map((line) => line.split(/\s/)[0] ?? ''));
  const { anyToken } = family;
  if (anyToken && !anyToken.some((token) => known.has(token)))
    throw refused(folder, `${isLike} ${tokens} does not contain ${anyToken.join(' or ')}`);
  const parts = Object.values(chosen).map((name) => metadata.get(name));
  const size = Math.max(...parts.map((own) => Number(own?.get('vocab_size') ?? 0)));
  if (lines.length < size)
    throw refused(folder, `${isLike} ${tokens} has ${lines.length} tokens, and the model has ${size}`);
  return known;
}

/** Paths of all files, in a fixed order. */
function filesOf({ family, chosen, tokens }: Match): readonly string[] {
  const parts = Object.entries(chosen).flatMap(
    ([key, name]) => family.parts[key]?.contains?.map((file) => join(name, file)) ?? [name],
  );
  return tokens === undefined ? parts : [...parts, tokens];
}

function configOf(
  { family, chosen, tokens }: Match,
  folder: string,
  { language = '' }: SpeechModelOptions = {},
  languages: readonly string[],
): SpeechModelConfig {
  const paths = Object.entries(chosen).map(([key, name]) => [key, join(folder, name)]);
  // sherpa-onnx ends the process on a language that the model does not have.
  const isKnown = family.languageKey !== undefined && languages.includes(language);
  const set = isKnown ? { [family.languageKey]: language } : {};
  return {
    [family.key]: { ...Object.fromEntries(paths), ...family.settings, ...set },
    tokens: tokens === undefined ? '' : join(folder, tokens),
  };
}

function unknown(folder: string, entries: Entries, damaged: readonly string[]): FunAsrError {
  if (damaged.length > 0)
    return refused(folder, `contains no model that can be read: ${damaged.join(' and ')}`);
  const names = [...entries.keys()];
  if (names.length === 0) return refused(folder, 'is empty');
  const inside = names.find((name) => entries.get(name)?.some((file) => MODEL_ENDING.test(file)));
  if (inside !== undefined) {
    return refused(folder, `contains no model, but its folder ${inside} does. Name ${join(folder, inside)}`);
  }
  const archive = names.find((name) => ARCHIVE.test(name));
  if (archive !== undefined)
    return refused(folder, `contains no model, but the archive ${archive}. Unpack it`);
  const known = [...new Set(FAMILIES.map(({ title }) => title))].join(', ');
  return refused(
    folder,
    `contains no model that is known by its files (${names.slice(0, 8).join(', ')}), their metadata or the name of the folder. Known are ${known}`,
  );
}

const ARCHIVE = /\.(?:tar(?:\.\w+)?|tgz|tbz2?|zip)$/i;
