import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Other versions of Node.js, real time, much recognition: npm run test:long.
    exclude: ['test/**/*.long.test.ts'],
    globalSetup: ['test/setup/engine-models.ts'],
    setupFiles: ['test/setup/environment.ts'],
    reporters: ['default', './test/setup/closing-line.ts'],
    // The default of 1 s is too short for a busy machine.
    expect: { requireAssertions: true, poll: { timeout: 30_000 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One file more than the two cores of a small machine: some wait for seconds without work, such as for retries.
    maxWorkers: 3,
  },
});
