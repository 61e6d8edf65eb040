// Live audio by `ws` and nothing else, after the samples of the official documentation: <url> <PCM file> <speed>. Unlike
// them it tells, too, when the connection has ended before the task.
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { play } from './live-audio.mjs';
import { complain, say } from './report.mjs';

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
      if (payload.output.sentence.sentence_end) say(payload.output.sentence);
      break;
    case 'task-failed':
      complain(header.error_message);
      isOver = true;
      ws.close();
      break;
    case 'task-finished':
      isOver = true;
      ws.close();
  }
});
ws.on('error', (error) => complain(error.message));
ws.on('close', (code) => {
  if (!isOver) complain(`The connection has ended: ${code}.`);
});

function send(action, payload) {
  ws.send(JSON.stringify({ header: { action, task_id, streaming: 'duplex' }, payload }));
}
