import type { TranscriptionModel } from 'ai';

/** A transcription model as version 7 of the AI SDK defines it. */
export type TranscriptionModelV4 = Extract<TranscriptionModel, { readonly specificationVersion: 'v4' }>;

/** Arguments of a transcription of a whole recording. */
export type GenerateOptions = Parameters<TranscriptionModelV4['doGenerate']>[0];

/** Result of a transcription of a whole recording. */
export type GenerateResult = Awaited<ReturnType<TranscriptionModelV4['doGenerate']>>;

type Streaming = NonNullable<TranscriptionModelV4['doStream']>;

/** Arguments of a transcription of live audio. */
export type StreamOptions = Parameters<Streaming>[0];

/** Result of a transcription of live audio. */
export type StreamResult = Awaited<ReturnType<Streaming>>;

/** One part of the result of a transcription of live audio. */
export type StreamPart = StreamResult['stream'] extends ReadableStream<infer Part> ? Part : never;

export type Warning = GenerateResult['warnings'][number];
export type Metadata = NonNullable<GenerateResult['providerMetadata']>;
type JsonObject = Metadata[string];

/** Makes plain JSON of a value: fields that are undefined are left out. */
export function asJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}
