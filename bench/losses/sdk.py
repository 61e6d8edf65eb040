# The official Python SDK, used as its documentation shows. Arguments: <url> <PCM file> <speed> for live audio, <url>
# <WAV file> for a file. Prints the same lines as report.mjs.
import json
import os
import sys
import time

import dashscope
from dashscope.audio.asr import Recognition, RecognitionCallback, RecognitionResult

FRAME_BYTES = 3200
FRAMES_PER_SECOND = 10


def report_sentence(sentence):
    put({key: sentence[key] for key in ('begin_time', 'end_time', 'text')})


def report_error(message):
    put({'error': message})


def put(report):
    # One write for each line, because two threads may report at the same time.
    sys.stdout.write(json.dumps(report) + '\n')
    sys.stdout.flush()


class Callback(RecognitionCallback):
    def on_event(self, result):
        sentence = result.get_sentence()
        if RecognitionResult.is_sentence_end(sentence):
            report_sentence(sentence)

    def on_error(self, result):
        report_error(result.message)


def live(pcm_file, speed):
    recognition = Recognition(
        model='fun-asr-realtime', format='pcm', sample_rate=16000, callback=Callback())
    recognition.start()
    start = time.monotonic()
    with open(pcm_file, 'rb') as audio:
        for frame in iter(lambda: audio.read(FRAME_BYTES), b''):
            recognition.send_audio_frame(frame)
            start += 1 / FRAMES_PER_SECOND / speed
            time.sleep(max(0, start - time.monotonic()))
    recognition.stop()


def whole_file(wav_file):
    recognition = Recognition(
        model='fun-asr-realtime', format='wav', sample_rate=16000, callback=None)
    result = recognition.call(wav_file)
    if result.status_code != 200:
        report_error(result.message)
        return
    for sentence in result.get_sentence() or []:
        report_sentence(sentence)


url, audio_file, *speed = sys.argv[1:]
dashscope.api_key = 'any'
dashscope.base_websocket_api_url = url
try:
    live(audio_file, float(speed[0])) if speed else whole_file(audio_file)
except Exception as error:
    report_error(repr(error))
# A timer of 23 s may still be running; it does not count as a hang.
os._exit(0)
