import type { AudioTrack, MediaInfo } from '../../../media/media-info.ts';
import { PLACEHOLDER_BYTES } from '../../../media/containers/wav.ts';

const INPUT = /^Input #0, (.+), from '/;
const DURATION =
  /^ {2}Duration: (?:(\d+):(\d\d):(\d\d)\.(\d\d)|N\/A)(?:, start: (-?[\d.]+))?(?:.*bitrate: (\d+) kb\/s)?/;
const AUDIO = /^ {2,4}Stream #0:(\d+)(?:\[\w+\])?(?:\((\w+)\))?: Audio: (\w+).*?, (\d+) Hz, ([^,]+)(.*)$/;
const STREAM = /^ {2,4}Stream #0:/;
const TITLE = /^ +title +: (.*)$/;

/** Language tags that name no language. */
const NO_LANGUAGE = new Set(['und', 'mul', 'mis', 'zxx']);

/** The cover of an album is a picture without a duration. */
const OTHER = /^ {2,4}Stream #0:\d+\S*: (?:Video|Subtitle): (?!.*\(attached pic\))/;

const FAMILIES: Readonly<Record<string, string>> = {
  'mov,mp4,m4a,3gp,3g2,mj2': 'mp4',
  'matroska,webm': 'matroska',
};

/** Containers without a duration in their header: FFmpeg divides the size by a bit rate, in some versions silently. */
const WITHOUT_DURATION = new Set(['aac', 'amr', 'ac3', 'eac3', 'dts', 'loas']);

/** Parses FFmpeg's description of its first input, from the messages of its log. */
export function parseMediaInfo(messages: readonly string[]): MediaInfo | undefined {
  const start = messages.findIndex((message) => INPUT.test(message));
  if (start < 0) return undefined;
  const demuxer = INPUT.exec(messages[start] ?? '')?.[1] ?? '';
  const container = FAMILIES[demuxer] ?? demuxer;
  const end = messages.findIndex((message) => /^(?:Stream mapping:|Output #0)/.test(message));
  const description = messages.slice(start + 1, end < 0 ? undefined : end);
  const duration = description.map((message) => DURATION.exec(message)).find((match) => match !== null);
  const durationMs = duration ? milliseconds(duration) : undefined;
  const bytes = ((durationMs ?? 0) / 8) * Number(duration?.[6] ?? 0);
  return {
    container,
    durationMs,
    startMs: duration?.[5] === undefined ? undefined : Number(duration[5]) * 1000,
    durationIsEstimate:
      WITHOUT_DURATION.has(container) ||
      (container === 'wav' && bytes >= PLACEHOLDER_BYTES) ||
      messages.slice(0, start).some((message) => message.startsWith('Estimating duration from bitrate')),
    ...(description.some((message) => OTHER.test(message)) && { hasOtherTracks: true }),
    tracks: audioTracks(description),
  };
}

function milliseconds([, hours, minutes, seconds, hundredths]: RegExpExecArray): number | undefined {
  if (hours === undefined) return undefined;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(hundredths) * 10;
}

function audioTracks(description: readonly string[]): AudioTrack[] {
  return description.flatMap((message, index) => {
    const track = audioTrack(AUDIO.exec(message));
    const metadata = track ? description.slice(index + 1) : [];
    const end = metadata.findIndex((line) => STREAM.test(line));
    const titles = metadata.slice(0, end < 0 ? undefined : end).map((line) => TITLE.exec(line)?.[1]);
    const title = titles.find((text) => text !== undefined);
    return track ? [{ ...track, ...(title !== undefined && { title }) }] : [];
  });
}

function audioTrack(match: RegExpExecArray | null): AudioTrack | undefined {
  if (match === null) return undefined;
  const [, streamIndex, language, codec = '', sampleRate, layout = '', rest = ''] = match;
  return {
    streamIndex: Number(streamIndex),
    codec,
    sampleRate: Number(sampleRate),
    channels: channelsOf(layout),
    layout: layout.trim(),
    isDefault: rest.includes('(default)'),
    ...(language !== undefined && !NO_LANGUAGE.has(language) && { language }),
  };
}

const NAMED_LAYOUTS: Readonly<Record<string, number>> = {
  mono: 1,
  stereo: 2,
  downmix: 2,
  quad: 4,
  hexagonal: 6,
  octagonal: 8,
  hexadecagonal: 16,
};

/** `stereo`, `5.1(side)`, `3 channels`, `2 channels (FC+LFE)`. */
function channelsOf(layout: string): number {
  const named = NAMED_LAYOUTS[/^\w+/.exec(layout)?.[0] ?? ''];
  if (named !== undefined) return named;
  const counted = /^(\d+) channels/.exec(layout)?.[1];
  if (counted !== undefined) return Number(counted);
  return (/^[\d.]+/.exec(layout)?.[0] ?? '').split('.').reduce((sum, part) => sum + Number(part), 0) || 1;
}
