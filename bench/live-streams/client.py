# The same as client.mjs with the official Python SDK: <url> <streams> <seconds>. Prints one line of JSON.
import json
import logging
import sys
import time

import dashscope
from dashscope.audio.asr import Recognition, RecognitionCallback, RecognitionResult

url, streams, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
dashscope.api_key = 'any'
dashscope.base_websocket_api_url = url
logging.disable(logging.CRITICAL)
FRAME = bytes(3200)


class Listener(RecognitionCallback):
    finals = 0

    def on_event(self, result):
        if RecognitionResult.is_sentence_end(result.get_sentence()):
            self.finals += 1


before = time.process_time()
live = []
for _ in range(streams):
    listener = Listener()
    recognition = Recognition(model='fun-asr-realtime', format='pcm', sample_rate=16000, callback=listener)
    recognition.start()
    live.append((recognition, listener))
start = time.monotonic()
for frame in range(seconds * 10):
    time.sleep(max(0, start + frame / 10 - time.monotonic()))
    for recognition, _ in live:
        recognition.send_audio_frame(FRAME)
for recognition, _ in live:
    recognition.stop()
print(json.dumps({
    'cpuMs': (time.process_time() - before) * 1000,
    'delaysMs': [recognition.get_first_package_delay() for recognition, _ in live],
    'finals': sum(listener.finals for _, listener in live),
}))
