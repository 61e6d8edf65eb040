import { isMainThread } from 'node:worker_threads';
import { ChildRuntime } from './child-runtime.ts';
import { InProcessRuntime } from './in-process-runtime.ts';
import type { Runtime } from './runtime.ts';
import { findSherpa, loadSherpa } from './sherpa.ts';

/**
 * Opens the native library: in this process, and from a worker thread in a child process. When a worker thread ends
 * while the library starts or works, its add-on aborts the whole process: it calls into an environment that is gone, and
 * `worker.terminate()` runs no JavaScript that could wait for it.
 * @throws {FunAsrError} `E_ENGINE`
 */
export async function openRuntime(): Promise<Runtime> {
  return isMainThread ? new InProcessRuntime(await loadSherpa()) : new ChildRuntime(await findSherpa());
}
