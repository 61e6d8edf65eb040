/** Loudness above which audio may be speech: mean magnitude of 16-bit samples, about −50 dB of full scale. */
const SPEECH_LEVEL = 100;
/** One sample in so many is looked at: enough to tell speech from silence. */
const STRIDE = 8;

/** Whether audio may be speech: 16-bit PCM. */
export function isLoud(audio: Buffer): boolean {
  let sum = 0;
  let count = 0;
  for (let at = 0; at + 1 < audio.length; at += 2 * STRIDE) {
    sum += Math.abs(audio.readInt16LE(at));
    count += 1;
  }
  return sum > count * SPEECH_LEVEL;
}
