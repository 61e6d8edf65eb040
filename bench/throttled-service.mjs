// A service that runs four tasks at a time and refuses all others, and a run of 32 recordings at a time.
//
//   npm run build && node bench/throttled-service.mjs [recordings]
//
// Prints the number of tasks that were started and refused. Exits with 1 when a recording is not done, or when more than 5 %
// of the tasks were refused after the first minute.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { transcribeBatch } from '../dist/batch/batch.js';
import { readClientAction } from '../dist/protocol/messages/client-actions.js';
import {
  resultGenerated,
  taskFailed,
  taskFinished,
  taskStarted,
} from '../dist/protocol/messages/service-events.js';
import { writeRecordings } from './folders/labelled-recordings.mjs';

const TASKS = 4;
const TASK_MS = 1500;
const MAX_REFUSED = 0.05;
const count = Number(process.argv[2] ?? 240);

const startedAt = performance.now();
const tasks = [];
let running = 0;
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
server.on('connection', (socket) => {
  let isRunning = false;
  const end = () => {
    if (isRunning) running -= 1;
    isRunning = false;
  };
  socket.on('close', end);
  socket.on('message', (data, isBinary) => {
    if (isBinary) return;
    const { action, taskId } = readClientAction(String(Buffer.from(data)));
    if (action === 'run-task') {
      const isRefused = running >= TASKS;
      tasks.push({ at: performance.now() - startedAt, isRefused });
      if (isRefused)
        return socket.send(taskFailed(taskId, 'Throttling.Concurrency', 'Too many concurrent requests.'));
      running += 1;
      isRunning = true;
      socket.send(taskStarted(taskId));
    } else if (action === 'finish-task') {
      setTimeout(() => {
        const words = [{ begin_time: 0, end_time: 900, text: 'hello', punctuation: '' }];
        const sentence = { begin_time: 0, end_time: 900, text: 'hello', words, sentence_end: true };
        socket.send(resultGenerated(taskId, sentence, { duration: 1 }));
        end();
        socket.send(taskFinished(taskId));
      }, TASK_MS);
    }
  });
});

const folder = mkdtempSync(join(tmpdir(), 'fun-asr-bench-'));
try {
  writeRecordings(folder, count, 1);
  const baseUrl = `ws://127.0.0.1:${server.address().port}/api-ws/v1/inference`;
  const report = await transcribeBatch({
    inputs: [folder],
    concurrency: 32,
    transcription: { engine: 'cloud', baseUrl },
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const ideal = (count / TASKS) * (TASK_MS / 1000);
  const share = (list) => list.filter(({ isRefused }) => isRefused).length / Math.max(1, list.length);
  const late = tasks.filter(({ at }) => at > 60_000);
  console.log(
    `${report.done} of ${count} recordings done in ${seconds.toFixed(0)} s (the service allows ${ideal.toFixed(0)} s); ` +
      `${tasks.length} tasks, ${(share(tasks) * 100).toFixed(1)} % refused; ` +
      `after the first minute ${late.length} tasks, ${(share(late) * 100).toFixed(1)} % refused (target ${MAX_REFUSED * 100} %)`,
  );
  if (report.done !== count || share(late) > MAX_REFUSED) process.exitCode = 1;
} finally {
  server.close();
  for (const socket of server.clients) socket.terminate();
  rmSync(folder, { recursive: true, force: true });
}
