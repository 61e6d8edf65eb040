import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { AtomicFile } from '../../core/system/atomic-file.ts';
import { withWriteErrors } from '../../core/system/write-error.ts';
import { jsonLine } from '../../core/json-line.ts';
import { makeFolder } from '../../core/system/make-folder.ts';
import type { FinalSentence } from '../../sentence.ts';
import { srt } from '../../subtitles/srt.ts';
import { STDIN, STDIN_NAME } from '../plan/find-recordings.ts';
import type { BatchReport, TranscriptionResult } from './results.ts';

/** Options of the report of a run. */
export interface ReportOptions {
  /** Path of the page. A file of that name is replaced. */
  readonly path: string;
  /** Whether the audio is in the page. Otherwise it is read from where it is, by its relative path. @default false */
  readonly embedsAudio?: boolean | undefined;
}

/** One recording of a report. */
export interface ReportedRecording {
  readonly result: TranscriptionResult;
  readonly sentences: readonly FinalSentence[];
  /** Cost of what this run has sent, such as `0.0012 USD`; undefined when it is not known, or nothing. */
  readonly cost?: string | undefined;
  /** How long the work on it took, in ms; undefined when nothing was recognised. */
  readonly elapsedMs?: number | undefined;
}

/**
 * Writes a self-contained page for a run: its recordings, their transcripts beside an audio player, and a search. The page
 * fetches nothing but the audio. All texts are data in it, and never part of its HTML.
 * @throws {FunAsrError} `E_WRITE`, `E_DISK_FULL`.
 */
export async function writeHtmlReport(
  { path, embedsAudio = false }: ReportOptions,
  recordings: readonly ReportedRecording[],
  report: BatchReport,
): Promise<void> {
  const shown = [];
  for (const recording of recordings) shown.push(await dataOf(recording, path, embedsAudio));
  const html = await pageWith({ recordings: shown, summary: summaryOf(recordings, report) });
  await withWriteErrors(path, () => makeFolder(dirname(path)));
  const file = await AtomicFile.create(path);
  try {
    await withWriteErrors(path, () => writeFile(file.path, html));
    await file.complete();
    await file.place();
  } finally {
    await file.discard();
  }
}

function summaryOf(
  recordings: readonly ReportedRecording[],
  { done, skipped, failed, interrupted, cost, currency }: BatchReport,
): string {
  const hours = recordings.reduce((sum, { result }) => sum + result.durationMs, 0) / 3_600_000;
  return [
    `${recordings.length} recordings, ${hours.toFixed(2)} h`,
    `${done + skipped} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(interrupted > 0 ? [`${interrupted} interrupted`] : []),
    ...(cost === null ? [] : [`${cost.toFixed(4)} ${currency} for this run`]),
  ].join(' · ');
}

async function dataOf(
  { result, sentences, cost, elapsedMs }: ReportedRecording,
  reportPath: string,
  embedsAudio: boolean,
): Promise<object> {
  const { input, status, partial, durationMs, warnings, error } = result;
  const hasText = status === 'skipped' || status === 'done';
  const problems = [...warnings, ...(error ? [error] : [])];
  return {
    name: input === STDIN ? STDIN_NAME : input,
    status: hasText ? (partial ? 'partial' : 'done') : status,
    durationMs,
    cost: cost ?? null,
    speed: elapsedMs === undefined || elapsedMs === 0 ? null : Number((durationMs / elapsedMs).toFixed(1)),
    messages: problems.map(({ code, message, hint }) => `${message}${hint ? `. ${hint}` : ''} [${code}]`),
    audio: input === STDIN ? null : await audioUrl(input, reportPath, embedsAudio),
    srt: await readText(Readable.from(sentences).pipe(srt())),
    sentences: sentences.map(({ begin_time, end_time, text, words, speaker }) => ({
      begin: begin_time,
      end: end_time,
      text,
      ...(typeof speaker === 'string' && { speaker }),
      words: words.map((word) => ({
        text: word.text,
        begin: word.begin_time,
        end: word.end_time ?? word.begin_time,
      })),
    })),
  };
}

/** Media types by extension: a browser plays embedded audio only under its type. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.aac': 'audio/aac',
  '.flac': 'audio/flac',
  '.m4a': 'audio/mp4',
  '.mkv': 'video/webm',
  '.mov': 'video/mp4',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.oga': 'audio/ogg',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.wav': 'audio/wav',
  '.webm': 'audio/webm',
};

async function audioUrl(input: string, reportPath: string, embedsAudio: boolean): Promise<string> {
  if (embedsAudio) {
    const bytes = await readFile(input).catch(() => undefined);
    const type = MEDIA_TYPES[extname(input).toLowerCase()] ?? 'audio/mpeg';
    if (bytes) return `data:${type};base64,${bytes.toString('base64')}`;
  }
  const path = relative(dirname(resolve(reportPath)), resolve(input));
  return path.split(sep).map(encodeURIComponent).join('/');
}

const PAGE = new URL('page/', import.meta.url);

/** Puts the page together. Its scripts are allowed by their digests: nothing else runs, whatever is in the data. */
async function pageWith(data: object): Promise<string> {
  const [html, style, script, viewer] = await Promise.all([
    readFile(new URL('page.html', PAGE), 'utf8'),
    readFile(new URL('page.css', PAGE), 'utf8'),
    readFile(new URL('page.js', PAGE), 'utf8'),
    readFile(createRequire(import.meta.url).resolve('hyperaudio-lite'), 'utf8'),
  ]);
  const parts: Readonly<Record<string, string>> = {
    style,
    script,
    viewer,
    // In a script, only a `<` could end the data.
    data: jsonLine(data).replaceAll('<', '\\u003c'),
    'script-sources': [viewer, script].map((source) => `'sha256-${digest(source)}'`).join(' '),
  };
  return html.replaceAll(/\{\{([a-z-]+)\}\}/g, (placeholder, name: string) => parts[name] ?? placeholder);
}

function digest(source: string): string {
  return createHash('sha256').update(source).digest('base64');
}
