// The developer's own key, endpoint, FFmpeg and proxy must not decide what a test does.
for (const name of Object.keys(process.env)) {
  if (/^(DASHSCOPE_.*|FFMPEG_PATH|FFMPEG_BIN|(https?|all|no)_proxy)$/i.test(name)) delete process.env[name];
}
