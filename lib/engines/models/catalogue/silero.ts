import type { ModelPackage, PackagedFile } from '../local-model.ts';

const SILERO: ModelPackage = {
  spec: '@ricky0123/vad-web@0.0.31',
  bytes: 5_471_324,
  sha512: 'ePVq8TvB21sdHSxVMZOEIf9JVa7MAYpaIaNXeGgsPOiMCN8xbPCdF2LS5aYj7VRR3ZxzutedgV9ZplV65IA1Fg==',
};

/**
 * The voice detector (Silero VAD 6). In a recording of music, version 4 found 3 s of speech, version 5 found 1 s, and
 * version 6 none.
 */
export const VOICE_DETECTOR: PackagedFile = {
  package: SILERO,
  path: 'dist/silero_vad_v6.onnx',
  bytes: 2_327_524,
  sha256: '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3',
};
