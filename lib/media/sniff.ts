import { FunAsrError } from '../core/errors.ts';

/** Bytes from the start of an input that are enough to tell what it is. */
export const SNIFF_BYTES = 1024;

/**
 * Refuses an input that is a playlist by its first bytes, whatever its name says. FFmpeg is told to open none
 * either: this is the second of two locks, and the one with a message that a person understands.
 * @throws {FunAsrError} `E_PLAYLIST_REFUSED`.
 */
export function refusePlaylist(head: Buffer, name: string): void {
  const text = head.subarray(0, SNIFF_BYTES).toString('latin1');
  const found = PLAYLISTS.find(({ pattern }) => pattern.test(text));
  if (!found) return;
  throw new FunAsrError('E_PLAYLIST_REFUSED', `${name}: it is ${found.name}, not a recording`, {
    hint: 'Give the recordings that it names themselves.',
  });
}

/** A byte order mark or blank space may come first; XML may bring its declaration, comments and document type. */
const START = /^(?:\xef\xbb\xbf)?\s*/.source;
const XML = /(?:<(?:\?|!)[^>]*>\s*)*/.source;

const PLAYLISTS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'an M3U playlist', pattern: new RegExp(`${START}#EXTM3U`, 'i') },
  { name: 'an FFmpeg concat script', pattern: new RegExp(`${START}ffconcat\\b`) },
  { name: 'a PLS playlist', pattern: new RegExp(`${START}\\[playlist\\]`, 'i') },
  { name: 'a DASH manifest', pattern: new RegExp(`${START}${XML}<MPD\\b`) },
  { name: 'an SDP session', pattern: /^v=0\r?\no=/ },
  { name: 'a QuickTime reference', pattern: /^RTSPtext/i },
  { name: 'a Windows Media reference', pattern: new RegExp(`${START}\\[Reference\\]`, 'i') },
  { name: 'a SMIL presentation', pattern: new RegExp(`${START}${XML}<smil\\b`, 'i') },
  { name: 'an ASX playlist', pattern: new RegExp(`${START}${XML}<ASX\\b`, 'i') },
  { name: 'an XSPF playlist', pattern: new RegExp(`${START}${XML}<playlist\\b`, 'i') },
];

/**
 * Whether the container may keep its index behind the audio, so that it cannot be decoded from a pipe: FFmpeg
 * then often gives nothing, and calls that a success. MP4, MOV, 3GP and M4A; AIFF, CAF and AVI.
 */
export function needsSeeking(head: Buffer): boolean {
  const first = head.toString('latin1', 0, 4);
  if (first === 'RIFF') return head.toString('latin1', 8, 12).startsWith('AVI');
  if (first === 'FORM' || first === 'caff') return true;
  return ISO_BOXES.has(head.toString('latin1', 4, 8));
}

/** The boxes that such a file may begin with; QuickTime files need not have `ftyp`. */
const ISO_BOXES = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'uuid', 'styp', 'moof']);
