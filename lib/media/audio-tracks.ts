import { FunAsrError } from '../core/errors.ts';
import { type AudioTrack, defaultTrack } from './media-info.ts';

/** Which audio track to decode. */
export interface TrackChoice {
  /** Number of the track, from 1, or its language. @default the track that FFmpeg prefers */
  readonly audioTrack?: number | string | undefined;
  /** Languages that are preferred when no track is chosen, the most important one first. */
  readonly languages?: readonly string[] | undefined;
}

/**
 * Chooses a track.
 * @param name Name of the recording, for the message.
 * @throws {FunAsrError} `E_TRACK` when there is no such track.
 */
export function chooseTrack(
  name: string,
  tracks: readonly AudioTrack[],
  { audioTrack, languages = [] }: TrackChoice,
): AudioTrack | undefined {
  if (audioTrack !== undefined) {
    const chosen = typeof audioTrack === 'number' ? tracks[audioTrack - 1] : inLanguage(tracks, audioTrack);
    if (chosen || tracks.length === 0) return chosen;
    throw new FunAsrError('E_TRACK', `${name}: it has no audio track ${audioTrack}, only ${listOf(tracks)}`, {
      hint: 'Choose one of them by its number or its language.',
    });
  }
  const preferred = languages.map((language) => inLanguage(tracks, language)).find(Boolean);
  return preferred ?? defaultTrack({ tracks });
}

/** The note about a recording with several tracks, of which none was chosen. */
export function severalTracks(name: string, tracks: readonly AudioTrack[], used: AudioTrack): FunAsrError {
  const number = tracks.indexOf(used) + 1;
  return new FunAsrError(
    'W_TRACKS',
    `${name}: it has ${tracks.length} audio tracks: ${listOf(tracks)}; track ${number} is used`,
    { hint: 'To choose another one, set audioTrack (--audio-track) to its number or its language.' },
  );
}

/** The warning about a silent track beside one that is not. */
export function silentTrack(
  name: string,
  tracks: readonly AudioTrack[],
  silent: AudioTrack,
  other: AudioTrack,
): FunAsrError {
  return new FunAsrError(
    'W_SILENT_TRACK',
    `${name}: audio track ${tracks.indexOf(silent) + 1} is silent, audio track ${tracks.indexOf(other) + 1} is not`,
    { hint: `Set audioTrack (--audio-track) to ${tracks.indexOf(other) + 1} to use that one.` },
  );
}

/** `1 (ger, mono), 2 (eng, "Commentary", stereo)` */
function listOf(tracks: readonly AudioTrack[]): string {
  return tracks.map((track, index) => `${index + 1} (${describe(track)})`).join(', ');
}

function describe({ language, title, channels }: AudioTrack): string {
  const width = channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels} channels`;
  return [language, title === undefined ? undefined : JSON.stringify(title), width]
    .filter(Boolean)
    .join(', ');
}

/** The first track in a language; a default one first. Both may be written with two or three letters. */
function inLanguage(tracks: readonly AudioTrack[], language: string): AudioTrack | undefined {
  const wanted = canonical(language);
  const matching = tracks.filter(
    (track) => track.language !== undefined && canonical(track.language) === wanted,
  );
  return matching.find(({ isDefault }) => isDefault) ?? matching[0];
}

/** `eng` and `en-GB` are `en`, `ger` and `deu` are `de`. */
function canonical(language: string): string {
  try {
    return new Intl.Locale(language).language;
  } catch {
    return language.toLowerCase();
  }
}
