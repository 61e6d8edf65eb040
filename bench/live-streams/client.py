# Runs live streams with the official Python SDK, as client.mjs does. Arguments: <url> <streams> <seconds>.
import json
import logging
import os
import sys
import time

import dashscope
from dashscope.audio.asr import Recognition, RecognitionCallback, RecognitionResult
from dashscope.common.error import InvalidParameter

url, streams, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
dashscope.api_key = 'any'
dashscope.base_websocket_api_url = url
logging.disable(logging.CRITICAL)
FRAME = bytes(3200)
FRAMES_PER_SECOND = 10


class Stream(RecognitionCallback):
    def __init__(self):
        self.frames = 0
        self.finals = 0
        self.has_ended = False
        self.failure = None
        self.recognition = Recognition(
            model='fun-asr-realtime', format='pcm', sample_rate=16000, callback=self)
        self.recognition.start()

    def on_event(self, result):
        if RecognitionResult.is_sentence_end(result.get_sentence()):
            self.finals += 1

    def on_complete(self):
        self.has_ended = True

    def on_error(self, result):
        self.failure = result.message

    def send(self):
        try:
            self.recognition.send_audio_frame(FRAME)
            self.frames += 1
        except InvalidParameter:
            pass  # The SDK has aborted the stream.

    def stop(self):
        try:
            self.recognition.stop()
        except InvalidParameter:
            pass


before = time.process_time()
live = [Stream() for _ in range(streams)]
start = time.monotonic()
for frame in range(seconds * FRAMES_PER_SECOND):
    time.sleep(max(0, start + frame * 0.1 - time.monotonic()))
    for stream in live:
        stream.send()
for stream in live:
    stream.stop()
cpu_ms = (time.process_time() - before) * 1000
delays = [stream.recognition.get_first_package_delay() for stream in live]
print(json.dumps({
    'cpuMs': cpu_ms,
    'audioSeconds': sum(stream.frames for stream in live) / FRAMES_PER_SECOND,
    'ended': sum(stream.has_ended for stream in live),
    'finals': sum(stream.finals for stream in live),
    # Without a first result the delay is negative.
    'delaysMs': [delay for delay in delays if delay >= 0],
}), flush=True)
for failure in sorted({stream.failure for stream in live if stream.failure}):
    print(failure, file=sys.stderr)
# Threads of aborted streams may never end.
os._exit(0)
