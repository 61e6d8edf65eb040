/** Sound that can be found: a burst of tone at each whole second, at a frequency that names the second. */

/** Bursts last this long, in s. */
const BURST = 0.1;
/** The frequency of second n is 400 + 150 × (n mod 16) Hz. */
const [LOWEST, STEP, COUNT] = [400, 150, 16];

/** A source filter of FFmpeg. */
export function toneSource(seconds: number, sampleRate = 16_000): string {
  const frequency = `(${LOWEST}+${STEP}*mod(floor(t),${COUNT}))`;
  return `aevalsrc='if(lt(mod(t,1),${BURST}),0.5*sin(2*PI*${frequency}*t),0)':s=${sampleRate}:d=${seconds}`;
}

/** A burst that was found. */
export interface Tone {
  /** The second of the source that it names, modulo 16. */
  readonly second: number;
  /** Where it begins, in s. */
  readonly at: number;
}

const RATE = 16_000;
const BLOCK = 32;
const THRESHOLD = 3000;

/** Finds the bursts in 16 kHz mono s16le. */
export function tonesIn(pcm: Buffer): Tone[] {
  const samples = new Int16Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length));
  const tones: Tone[] = [];
  let quiet = Infinity;
  for (let at = 0; at + BLOCK <= samples.length; at += BLOCK) {
    const isLoud = samples.subarray(at, at + BLOCK).some((sample) => Math.abs(sample) > THRESHOLD);
    if (isLoud && quiet * BLOCK > 0.05 * RATE && at + 0.05 * RATE < samples.length) {
      const burst = samples.subarray(at + 0.01 * RATE, at + 0.06 * RATE);
      tones.push({ second: secondOf(burst), at: at / RATE });
    }
    quiet = isLoud ? 0 : quiet + 1;
  }
  return tones;
}

/** The second that the loudest of the frequencies names. */
function secondOf(burst: Int16Array): number {
  const powers = Array.from({ length: COUNT }, (_, n) => powerAt(burst, LOWEST + STEP * n));
  return powers.indexOf(Math.max(...powers));
}

function powerAt(burst: Int16Array, frequency: number): number {
  let [real, imaginary] = [0, 0];
  for (const [index, sample] of burst.entries()) {
    const phase = (2 * Math.PI * frequency * index) / RATE;
    real += sample * Math.cos(phase);
    imaginary += sample * Math.sin(phase);
  }
  return real ** 2 + imaginary ** 2;
}
