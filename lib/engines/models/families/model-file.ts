import { messageOf } from '../../../core/errors.ts';
import { startOf } from './folder-files.ts';
import { readOnnxMetadata } from './onnx-metadata.ts';

/** The ending of a model file: its precision, and ONNX or the format of ONNX Runtime. */
export const MODEL_ENDING: RegExp = /(\.(?:int8|fp16|fp32|quant|quantized))?\.(onnx|ort)$/;

/** The metadata of a model file: keys and values. */
export type Metadata = ReadonlyMap<string, string>;

/**
 * Reads the metadata of a model file. One in the format of ONNX Runtime has none that can be read.
 * @returns undefined when the file is damaged or is something else.
 */
export function metadataIn(path: string): Metadata | undefined {
  try {
    if (hasMetadata(path)) return readOnnxMetadata(path);
    return ORT_START.test(startOf(path)) ? new Map() : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the metadata of a model file can be read. */
export function hasMetadata(path: string): boolean {
  return path.endsWith('.onnx');
}

/** A FlatBuffers file has its identifier at the fifth byte. */
const ORT_START = /^[^]{4}ORTM/;

/** What is wrong with a model file without metadata, in a few words. */
export function whyDamaged(path: string): string {
  let start: string;
  try {
    start = startOf(path);
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
  if (start === '') return 'is empty';
  if (start.startsWith('version https://git-lfs'))
    return 'is a pointer of Git LFS, not the file. Run `git lfs pull` there';
  if (/^\s*<(!doctype|html|\?xml)/i.test(start)) return 'is a web page, not the file. Download it again';
  return `is incomplete or not an ${hasMetadata(path) ? 'ONNX' : 'ORT'} file`;
}
