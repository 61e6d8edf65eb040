// Live audio with `ws` alone, after the samples of the official documentation. Arguments: <url> <PCM file> <speed>. Unlike
// the samples, it also reports a connection that closes before the end of the task.
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { play } from './live-audio.mjs';
import { reportError, reportSentence } from './report.mjs';

const [url, pcmFile, speed] = process.argv.slice(2);
const task_id = randomUUID().replaceAll('-', '');
const ws = new WebSocket(url, { headers: { Authorization: 'bearer any' } });
let isOver = false;

ws.on('open', () => {
  const parameters = { format: 'pcm', sample_rate: 16_000 };
  const task = { task_group: 'audio', task: 'asr', function: 'recognition', model: 'fun-asr-realtime' };
  send('run-task', { ...task, parameters, input: {} });
});
ws.on('message', (data) => {
  const { header, payload } = JSON.parse(data);
  switch (header.event) {
    case 'task-started':
      void play(pcmFile, Number(speed), (frame) => ws.send(frame)).then(() =>
        send('finish-task', { input: {} }),
      );
      break;
    case 'result-generated':
      if (payload.output.sentence.sentence_end) reportSentence(payload.output.sentence);
      break;
    case 'task-failed':
      reportError(header.error_message);
      isOver = true;
      ws.close();
      break;
    case 'task-finished':
      isOver = true;
      ws.close();
  }
});
ws.on('error', (error) => reportError(error.message));
ws.on('close', (code) => {
  if (!isOver) reportError(`The connection closed with code ${code}.`);
});

function send(action, payload) {
  ws.send(JSON.stringify({ header: { action, task_id, streaming: 'duplex' }, payload }));
}
