import * as fc from 'fast-check';

// Removes the developer's own key, endpoint, FFmpeg and proxy, so that tests do not depend on them.
for (const name of Object.keys(process.env)) {
  if (/^(DASHSCOPE_.*|FFMPEG_PATH|FFMPEG_BIN|(https?|all|no)_proxy)$/i.test(name)) delete process.env[name];
}

// Property tests use the same values in each run. `FAST_CHECK_SEED=random` looks for new counterexamples.
const { FAST_CHECK_SEED = '20260101' } = process.env;
if (FAST_CHECK_SEED !== 'random') fc.configureGlobal({ seed: Number(FAST_CHECK_SEED) });
