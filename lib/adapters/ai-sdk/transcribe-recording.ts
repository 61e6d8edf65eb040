import { pick } from '../../core/options.ts';
import { chooseBackend } from '../../engines/choose-backend.ts';
import { transcribe } from '../../transcribe.ts';
import {
  backendOptions,
  CLIENT_RULES,
  type FunAsrProviderOptions,
  recordingOptions,
} from './provider-options.ts';
import { unsupportedHeaders } from './headers.ts';
import type { GenerateOptions, GenerateResult, Warning } from './specification.ts';
import { Transcript } from './transcript.ts';

/** Transcribes a whole recording: `doGenerate` of a transcription model. */
export async function transcribeRecording(
  provider: FunAsrProviderOptions,
  model: string,
  { audio, abortSignal, providerOptions, headers, timestampGranularities = [] }: GenerateOptions,
): Promise<GenerateResult> {
  const own = recordingOptions(providerOptions);
  const timestamp = new Date();
  const languageHints = own.languageHints ?? provider.languageHints;
  const choice = { ...backendOptions(provider, model), languageHints, signal: abortSignal };
  const backend = await chooseBackend(choice);
  try {
    const transcript = new Transcript(backend);
    let audioMs = 0;
    const sentences = transcribe(new Blob([bytesOf(audio)]), {
      ...pick(provider, CLIENT_RULES),
      ...own,
      languageHints,
      signal: abortSignal,
      engine: backend,
      partials: false,
      ffmpegPath: provider.ffmpegPath,
      name: 'the audio',
      onProgress: (progress) => (audioMs = progress.audioMs),
      onWarning: (warning) => transcript.addWarning(warning),
      onGap: (gap) => transcript.addGap(gap),
      onReconnect: () => (transcript.reconnects += 1),
      onMetrics: (metrics) => (transcript.metrics = metrics),
    });
    for await (const sentence of sentences) transcript.addSentence(sentence);
    const { words } = transcript;
    return {
      text: transcript.text,
      segments: transcript.segments,
      ...(words && { words }),
      language: transcript.language(languageHints?.[0]),
      durationInSeconds: Math.round(audioMs) / 1000,
      warnings: [
        ...transcript.warnings,
        ...unsupportedHeaders(headers),
        ...(timestampGranularities.includes('word') ? wordWarnings(transcript) : []),
      ],
      usage: transcript.usage,
      response: { timestamp, modelId: backend.model },
      providerMetadata: transcript.metadata({ isLive: false }),
    };
  } finally {
    await backend.close();
  }
}

function bytesOf(audio: Uint8Array | string): Buffer<ArrayBuffer> {
  return typeof audio === 'string' ? Buffer.from(audio, 'base64') : Buffer.from(audio);
}

/** Says that the times of words were asked for and are missing or estimated. */
function wordWarnings({ words, hasEstimatedTimes }: Transcript): Warning[] {
  const feature = 'timestampGranularities';
  if (words === undefined) return [{ type: 'unsupported', feature, details: 'the model gives no words' }];
  if (!hasEstimatedTimes) return [];
  return [{ type: 'compatibility', feature, details: 'the times of words are estimates' }];
}
