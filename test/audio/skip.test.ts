import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Skip } from '../../lib/audio/skip.ts';
import { stage } from '../../lib/core/stage.ts';

test('drops exactly the given number of bytes however they are cut', async () => {
  const bytes = Buffer.from(Array.from({ length: 200 }, (_, index) => index));
  await fc.assert(
    fc.asyncProperty(fc.nat(250), fc.array(fc.nat(200), { maxLength: 20 }), async (dropped, cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
      const skip = stage(new Skip(dropped));
      const [rest] = await Promise.all([buffer(skip), pipeline(Readable.from(chunks), skip)]);
      expect(rest.equals(bytes.subarray(dropped))).toBe(true);
    }),
    { numRuns: 200, examples: [[100, [100]]] },
  );
});
