// The streams of live-streams.mjs with `ws` alone: sends the same frames and parses the same answers, and nothing else.
// Arguments: <url> <streams> <seconds>. Prints one line of JSON.
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { runStreams } from './run-streams.mjs';

const FRAME = Buffer.alloc(3200);

await runStreams((url) => {
  const result = { frames: 0, finals: 0, hasEnded: false, delayMs: undefined };
  const taskId = randomUUID();
  const socket = new WebSocket(url, { headers: { Authorization: 'bearer any' }, perMessageDeflate: false });
  let resolve;
  const done = new Promise((settle) => (resolve = settle));
  let waiting = [];
  let startedAt;
  socket.on('open', () => socket.send(JSON.stringify(runTask(taskId))));
  socket.on('message', (data) => {
    const { header, payload } = JSON.parse(data);
    if (header.event === 'task-started') {
      for (const frame of waiting) socket.send(frame);
      waiting = undefined;
    } else if (header.event === 'result-generated') {
      const { text, sentence_end } = payload.output.sentence;
      if (text !== '') result.delayMs ??= performance.now() - startedAt;
      if (sentence_end) result.finals += 1;
    } else if (header.event === 'task-finished') {
      result.hasEnded = true;
      socket.close();
    }
  });
  socket.on('close', () => resolve(result));
  const send = (message) => {
    if (waiting) waiting.push(message);
    else socket.send(message);
  };
  return {
    done,
    send() {
      startedAt ??= performance.now();
      result.frames += 1;
      send(FRAME);
    },
    end: () => send(JSON.stringify(finishTask(taskId))),
  };
});

function runTask(task_id) {
  return {
    header: { action: 'run-task', task_id, streaming: 'duplex' },
    payload: {
      task_group: 'audio',
      task: 'asr',
      function: 'recognition',
      model: 'fun-asr-realtime',
      parameters: { format: 'pcm', sample_rate: 16000 },
      input: {},
    },
  };
}

function finishTask(task_id) {
  return { header: { action: 'finish-task', task_id, streaming: 'duplex' }, payload: { input: {} } };
}
