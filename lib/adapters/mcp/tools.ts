import { text as readText } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { FunAsrError } from '../../core/errors.ts';
import { checkArgument, oneOf, type Rule, type Rules, text } from '../../core/options.ts';
import { readLanguageOrAuto } from '../../core/text/language-code.ts';
import { listAddedModels } from '../../engines/models/added-models.ts';
import { listModels } from '../../engines/models/model-store.ts';
import { CLOUD_MODELS } from '../../protocol/cloud-models.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../subtitles/formats.ts';
import { subtitleLanguageOf } from '../../subtitles/profiles/language.ts';
import { PROFILE_NAMES, type ProfileName } from '../../subtitles/profiles/platforms.ts';
import type { ReadableRoot } from './readable-root.ts';
import type { Transcript, TranscriptRequest, Transcripts } from './transcripts.ts';

/** What the tools work with. */
export interface ToolContext extends Pick<TranscriptRequest, 'signal' | 'onProgress'> {
  readonly root: ReadableRoot;
  readonly transcripts: Transcripts;
}

/** A tool as the Model Context Protocol describes it, and its work. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** A JSON schema. */
  readonly inputSchema: {
    readonly type: 'object';
    readonly properties: Readonly<Record<string, object>>;
    readonly required: string[];
    readonly additionalProperties: false;
  };
  readonly annotations: Readonly<Record<string, boolean>>;
  /** @returns The texts of the result. */
  readonly run: (args: object, context: ToolContext) => Promise<string[]>;
}

const FORMATS = Object.keys(OUTPUT_FORMATS) as OutputFormat[];
const SUBTITLE_FORMATS = ['srt', 'vtt', 'ass', 'lrc'] as const;

/** Arguments of the tools that transcribe. */
interface TranscribeArguments {
  readonly path: string;
  readonly language?: string;
  readonly format?: OutputFormat;
  readonly profile?: ProfileName;
  readonly output?: string;
}

const RULES: Rules<Omit<TranscribeArguments, 'profile'>> = {
  path: text,
  language: text,
  format: oneOf(...FORMATS),
  output: text,
};
const SUBTITLE_RULES: Rules<TranscribeArguments> = {
  ...RULES,
  format: oneOf(...SUBTITLE_FORMATS),
  profile: oneOf(...PROFILE_NAMES),
};

const PROPERTIES = {
  path: {
    type: 'string',
    description:
      'Path of an audio or video file, relative to the folder of the server, or absolute below it.',
  },
  language: {
    type: 'string',
    description: 'Language of the speech, such as en, zh or ja. Without it the service detects the language.',
  },
  output: {
    type: 'string',
    description:
      'Also writes the result to this new file below the folder of the server. Existing files are not replaced.',
  },
};

/** All tools. */
export const TOOLS: readonly Tool[] = [
  {
    name: 'transcribe',
    title: 'Transcribe a recording',
    description: 'Returns the words that are spoken in an audio or video file.',
    inputSchema: {
      type: 'object',
      properties: {
        ...PROPERTIES,
        format: {
          type: 'string',
          enum: FORMATS,
          default: 'txt',
          description:
            'txt: plain text; jsonl and json: with the times of sentences and words; tsv; subtitles.',
        },
      },
      required: ['path'],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: async (args, context) => {
      checkArguments('transcribe', args, RULES);
      return await written({ format: 'txt', ...(args as TranscribeArguments) }, context);
    },
  },
  {
    name: 'make_subtitles',
    title: 'Make subtitles',
    description: 'Returns subtitles for an audio or video file.',
    inputSchema: {
      type: 'object',
      properties: {
        ...PROPERTIES,
        format: { type: 'string', enum: [...SUBTITLE_FORMATS], default: 'srt' },
        profile: {
          type: 'string',
          enum: [...PROFILE_NAMES],
          description: 'Rules of a platform. Without it, those of the language.',
        },
      },
      required: ['path'],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: async (args, context) => {
      checkArguments('make_subtitles', args, SUBTITLE_RULES);
      return await written({ format: 'srt', ...(args as TranscribeArguments) }, context);
    },
  },
  {
    name: 'list_models',
    title: 'List the models',
    description: 'Lists the models of the cloud and of the local engine, with their languages.',
    inputSchema: { type: 'object', properties: {}, required: [], additionalProperties: false },
    annotations: { readOnlyHint: true, openWorldHint: false },
    run: async (args) => {
      checkArguments('list_models', args, {});
      const known = [...(await listModels()), ...listAddedModels()];
      const models = {
        cloud: CLOUD_MODELS.map(({ name, languages, regions }) => ({ name, languages, regions })),
        local: known.map(({ name, languages, state }) => ({ name, languages, state })),
      };
      return [JSON.stringify(models, undefined, 2)];
    },
  },
];

/**
 * Refuses arguments that are unknown or wrong, and a missing path.
 * @throws {FunAsrError} `E_OPTION`
 */
function checkArguments(tool: string, args: object, rules: Readonly<Record<string, Rule>>): void {
  for (const [name, value] of Object.entries(args)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule) checkArgument(tool, name, value, rule);
    else throw new FunAsrError('E_OPTION', `${tool}: there is no argument ${name}`);
  }
  if ('path' in rules && !('path' in args)) throw new FunAsrError('E_OPTION', `${tool}: the path is missing`);
}

/** Transcribes a recording and writes it in a format. */
async function written(
  { path, language, format, profile, output }: TranscribeArguments & { readonly format: OutputFormat },
  { root, transcripts, ...request }: ToolContext,
): Promise<string[]> {
  const file = await root.file(path);
  if (output !== undefined) await root.output(output, format);
  const spoken = codeOf(language);
  const transcript = await transcripts.of({ ...request, file, name: path, language: spoken });
  const writer = OUTPUT_FORMATS[format]({ profile, language: subtitleLanguageOf(spoken) });
  const content = await readText(Readable.from(transcript.sentences).pipe(writer));
  const notes = [
    summary(transcript),
    ...transcript.warnings.map(({ code, message }) => `${code}: ${message}`),
  ];
  if (output !== undefined) notes.push(`written to ${await root.write(output, format, content)}`);
  return [content, notes.join('\n')];
}

/** The code of a language; undefined when it is to be detected. @throws {FunAsrError} `E_OPTION` */
function codeOf(language: string | undefined): string | undefined {
  const read = language === undefined ? undefined : readLanguageOrAuto(language);
  if (read && 'reason' in read) throw new FunAsrError('E_OPTION', `the language is invalid. ${read.reason}`);
  return read?.code;
}

function summary({ sentences, engine, model }: Transcript): string {
  const count = sentences.length === 1 ? '1 sentence' : `${sentences.length} sentences`;
  return sentences.length === 0
    ? `no speech was recognised by ${model} (${engine})`
    : `${count}, recognised by ${model} (${engine})`;
}
