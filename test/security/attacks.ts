import * as fc from 'fast-check';

// biome-ignore format: a table
const PIECES = [
  // Terminal control sequences: colours, cursor, window title, link, clipboard, and their one-byte forms
  '\x1b[31m', '\x1b[2J', '\x1b[1A\x1b[2K', '\x1b]0;title\x07', '\x1b]8;;http://evil.example\x1b\\', '\x1b]52;c;ZXZpbA==\x07',
  '\x9b2J', '\x9d0;title\x9c', '\x08\x08\x08', '\x7f', '\x00', '\u202e', '\u2066',
  // Ends of lines, cues and files
  '\n', '\r', '\r\n', '\n\n', '\r\r', '\n \n', '\x0b', '\x0c', '\x85', '\u2028', '\u2029', '\x1a', '\x04', '\ufeff',
  // Syntax of subtitles
  '\n\n9\n00:00:00,000 --> 00:59:59,999\nINJECTED', '\n\n00:00.000 --> 59:59.999 line:0\nINJECTED', '-->', '--->', '- ->', '7',
  'WEBVTT', '\n\nNOTE x\n', '\n\nSTYLE\n::cue { color: red }', '\n\nREGION\nid:x', '<v Mallory>', '<b>', '</b>', '<00:00:01.000>',
  '&lt;', '&amp;lt;', '&', '<', '>', '{\\an8}', '{y:i}',
  // Syntax of tables and JSON
  '\t', '\t0\t0\tINJECTED', '"', '\\', '\\n', '\\u0000', '"},{"text":"INJECTED', '\n{"text":"INJECTED"}\n', '],[', '=1+1', '@SUM(1)',
  '\ud83d', '\ude00', '👩‍👩‍👧', 'e\u0301', '字', 'word', ' ', ' ',
];

/** Texts with control sequences and syntax of file formats, the same in each run. Each starts and ends with a word. */
export const ATTACKS: readonly string[] = fc
  .sample(
    fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 4 })), {
      maxLength: 8,
      size: 'max',
    }),
    {
      numRuns: 500,
      seed: 20_261_122,
    },
  )
  .map((pieces) => `said ${pieces.join('')} it`);

/** Control characters, except line feed and tab. */
export const RAW_CONTROLS: RegExp = /[^\P{Cc}\n\t]/u;
