const RATE = 16_000;
const BLOCK = 32;
const THRESHOLD = 3000;

/** Finds tones in 16 kHz mono s16le: the second that each one names, and where it begins, in s. */
export function tonesIn(pcm) {
  const samples = new Int16Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length));
  const tones = [];
  let quiet = Infinity;
  for (let at = 0; at + BLOCK <= samples.length; at += BLOCK) {
    const isLoud = samples.subarray(at, at + BLOCK).some((sample) => Math.abs(sample) > THRESHOLD);
    if (isLoud && quiet * BLOCK > 0.05 * RATE && at + 0.05 * RATE < samples.length) {
      tones.push({ second: secondOf(samples.subarray(at + 0.01 * RATE, at + 0.06 * RATE)), at: at / RATE });
    }
    quiet = isLoud ? 0 : quiet + 1;
  }
  return tones;
}

function secondOf(burst) {
  const powers = Array.from({ length: 16 }, (_, n) => powerAt(burst, 400 + 150 * n));
  return powers.indexOf(Math.max(...powers));
}

function powerAt(burst, frequency) {
  let [real, imaginary] = [0, 0];
  for (const [index, sample] of burst.entries()) {
    const phase = (2 * Math.PI * frequency * index) / RATE;
    real += sample * Math.cos(phase);
    imaginary += sample * Math.sin(phase);
  }
  return real ** 2 + imaginary ** 2;
}
