/** Tags of SRT and WebVTT, times inside a cue, and position marks such as `{\an8}`. */
const SRT_TAG = /<\/?(?:b|i|u|s|font|c|v|ruby|rt|lang)\b[^<>]*>|\{\\[^{}]*\}/gi;
const VTT_TAG = /<[^<>]*>|\{\\[^{}]*\}/g;

const ESCAPE = /&(?:amp|lt|gt|quot|nbsp|lrm|rlm|#\d{1,7}|#x[\da-f]{1,6});/gi;

const ESCAPES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&nbsp;': '\u00A0',
  '&lrm;': '\u200E',
  '&rlm;': '\u200F',
};

/** A part of a text with tags: a tag, which is not visible, or text. */
export interface MarkupPart {
  readonly raw: string;
  /** Empty for a tag. */
  readonly visible: string;
}

/** Splits a text into tags, escapes and plain text. In SRT only known tags are tags, and there are no escapes. */
export function markupParts(text: string, format: 'srt' | 'vtt'): MarkupPart[] {
  const tags = format === 'srt' ? SRT_TAG : VTT_TAG;
  return partsOf(text, tags, () => '').flatMap((part) =>
    part.visible === '' || format === 'srt' ? [part] : partsOf(part.raw, ESCAPE, unescape),
  );
}

/** What a viewer sees of a text with tags. */
export function visibleText(text: string, format: 'srt' | 'vtt'): string {
  return markupParts(text, format)
    .map(({ visible }) => visible)
    .join('');
}

/** The latest time inside a cue of WebVTT, in ms; -1 without one. A cue must end after it. */
export function lastInnerTime(text: string): number {
  const times = [...text.matchAll(/<(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})>/g)];
  return Math.max(
    -1,
    ...times.map(
      ([, h = '0', m, s, ms]) => ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000 + Number(ms),
    ),
  );
}

function partsOf(text: string, pattern: RegExp, visible: (raw: string) => string): MarkupPart[] {
  const parts: MarkupPart[] = [];
  let end = 0;
  for (const { 0: raw, index } of text.matchAll(pattern)) {
    if (index > end) parts.push(plain(text.slice(end, index)));
    parts.push({ raw, visible: visible(raw) });
    end = index + raw.length;
  }
  if (end < text.length) parts.push(plain(text.slice(end)));
  return parts;
}

function plain(raw: string): MarkupPart {
  return { raw, visible: raw };
}

function unescape(escape: string): string {
  const known = ESCAPES[escape.toLowerCase()];
  if (known !== undefined) return known;
  const hex = /^&#x/i.test(escape);
  const code = Number.parseInt(escape.slice(hex ? 3 : 2), hex ? 16 : 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : escape;
}
