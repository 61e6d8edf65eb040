// The developer's own key, endpoint and FFmpeg must not decide what a test does.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('DASHSCOPE_') || name === 'FFMPEG_PATH' || name === 'FFMPEG_BIN')
    delete process.env[name];
}
