// Removes the developer's own key, endpoint, FFmpeg and proxy, so that tests do not depend on them.
for (const name of Object.keys(process.env)) {
  if (/^(DASHSCOPE_.*|FFMPEG_PATH|FFMPEG_BIN|(https?|all|no)_proxy)$/i.test(name)) delete process.env[name];
}
