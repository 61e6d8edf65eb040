import type { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { FunAsrError } from './errors.ts';

/**
 * Makes a stage fail with `E_OPTION` when a chunk of another type is written to it. The `write()` of Node.js throws a
 * `TypeError` for it, which is an uncaught exception when the writer is a pipe.
 * @param stage Takes bytes, or objects that it checks itself: then only null is refused.
 */
export function refuseWrongChunks<Stage extends Writable>(stage: Stage, takesBytes = true): Stage {
  const write = stage.write.bind(stage) as (...args: readonly unknown[]) => boolean;
  const checkedWrite = (chunk: unknown, ...rest: readonly unknown[]): boolean => {
    if (takesBytes ? isBytes(chunk) : chunk !== null) return write(chunk, ...rest);
    const expected = takesBytes ? 'a Buffer, a typed array or a string' : 'an object';
    const error = new FunAsrError('E_OPTION', `a chunk must be ${expected}, got ${inspectLine(chunk)}`, {
      hint: 'Write what the stage before this one returns.',
    });
    const callback = rest.find((value) => typeof value === 'function');
    if (callback) process.nextTick(callback, error);
    stage.destroy(error);
    return false;
  };
  stage.write = checkedWrite;
  return stage;
}

function isBytes(chunk: unknown): boolean {
  return typeof chunk === 'string' || ArrayBuffer.isView(chunk);
}

function inspectLine(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Infinity });
}
