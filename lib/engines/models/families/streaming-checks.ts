import type { Family, StreamingStep } from './family.ts';

/** Metadata that only streaming models have: of Icefall, NeMo, Paraformer, WeNet and T-one. */
const STREAMING_KEYS = [
  'decode_chunk_len',
  'window_size',
  'decoder_num_blocks',
  'right_context',
  'frame_length_ms',
  'streaming_model_type',
];
/** Audio that is decoded at a time, at most: 3 s. Published models have at most half of it. */
const MAX_FRAMES = 300;
const FRAME_MS = 10;
/** A streaming model finds a word some time after it was said. */
const DELAY_MS = 300;

/** Whether a model is for streaming. Others of its family may have the same files. */
export function isStreaming(metadata: ReadonlyMap<string, string>, folderName: string): boolean {
  const isNamed = (text: string): boolean => /streaming/.test(text) && !/non-?streaming/.test(text);
  return (
    STREAMING_KEYS.some((key) => metadata.has(key)) ||
    isNamed(metadata.get('comment') ?? '') ||
    isNamed(folderName)
  );
}

/**
 * What is wrong with the steps of a streaming model. With such steps, sherpa-onnx never stops to decode, or never starts.
 * @returns Undefined when nothing is.
 */
export function wrongStep(
  { frames, shift }: StreamingStep,
  metadata: ReadonlyMap<string, string>,
): string | undefined {
  const wrong = (key: string | number | undefined, max: number): string | undefined => {
    if (typeof key !== 'string') return undefined;
    const value = metadata.get(key) ?? '';
    const fits = /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= max;
    return fits
      ? undefined
      : `the ${key} of its metadata is ${value}, not a number of frames from 1 to ${max}`;
  };
  return wrong(frames, MAX_FRAMES) ?? wrong(shift, framesOf(frames, metadata));
}

function framesOf(frames: string | number, metadata: ReadonlyMap<string, string>): number {
  return typeof frames === 'number' ? frames : Number(metadata.get(frames));
}

/**
 * Silence after the speech, without which a streaming model keeps the last words, in ms: it decodes only whole steps.
 * @returns Undefined for a family whose models decode whole segments.
 */
export function tailMsOf({ step }: Family, metadata: ReadonlyMap<string, string>): number | undefined {
  return step && framesOf(step.frames, metadata) * FRAME_MS + DELAY_MS;
}
