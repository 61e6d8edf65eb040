import { expect, it } from 'vitest';
import type { EngineStream } from '../../../lib/service/engine.ts';
import type { Script } from '../../../lib/testing/audio/script.ts';
import { renderAudio } from '../../../lib/testing/audio/self-describing-audio.ts';
import { exactEngine } from '../../../lib/testing/engine/exact-engine.ts';
import { ResendMonitor } from '../../../lib/testing/trial/resend-monitor.ts';

const SCRIPT: Script = { durationMs: 3000, sentences: [{ begin_time: 500, end_time: 1000 }] };

/** Sends a part of the script to a task, from and to in ms. */
const send = (task: EngineStream, from: number, to: number) =>
  task.write(Buffer.from(renderAudio(SCRIPT, from * 16, to * 16)));

function watched() {
  const monitor = new ResendMonitor();
  const engine = monitor.watch(exactEngine({ script: SCRIPT }));
  const open = () => engine.open({ maxSentenceSilence: 300, partials: false, onSentence: () => {} });
  return { monitor, open };
}

it('counts audio that a later task receives again, and the part of it that was final when the task started', async () => {
  const { monitor, open } = watched();
  await send(open(), 0, 2000);
  monitor.addFinal(1000);
  await send(open(), 800, 1500);
  expect(monitor).toMatchObject({ resentMs: 1200, resentFinalMs: 200 });
});

it('does not count as final what a task from before receives late, over a connection that was lost', async () => {
  const { monitor, open } = watched();
  const lost = open();
  await send(open(), 0, 2000);
  monitor.addFinal(1000);
  await send(lost, 0, 1500);
  expect(monitor).toMatchObject({ resentMs: 2000, resentFinalMs: 0 });
});
