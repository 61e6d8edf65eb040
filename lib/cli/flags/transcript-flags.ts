import { type Command, Option } from 'commander';
import type { OutputOptions } from '../../subtitles/formats.ts';
import { JSON_SHAPES, type JsonShape } from '../../subtitles/json.ts';

/** Values of the flags of {@link addTranscriptFlags}. */
export interface TranscriptFlags {
  readonly jsonShape?: JsonShape;
  readonly paragraphs?: boolean;
  readonly languageSuffix?: boolean;
}

/** Adds the flags for the form and the names of transcripts: those of all commands that write any format. */
export function addTranscriptFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--json-shape <name>',
        'json: the document of this or another program (default: native)',
      ).choices(JSON_SHAPES),
    )
    .option('--paragraphs', 'txt: paragraphs instead of one line per sentence')
    .option('--language-suffix', 'add the language to the names of outputs, such as talk.en.srt');
}

/** Converts the flags to options of the formats. A flag that is not given is undefined. */
export function transcriptOptions(flags: TranscriptFlags): Pick<OutputOptions, 'jsonShape' | 'paragraphs'> {
  return { jsonShape: flags.jsonShape, paragraphs: flags.paragraphs };
}
