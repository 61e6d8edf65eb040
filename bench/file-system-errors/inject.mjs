// Makes operations on files below a folder fail, from the nth one on. Loaded with `node --import`.
//
// FAULT_FOLDER: the folder. FAULT_CODE: the error, such as ENOSPC. FAULT_AT: number of the first operation that fails; without
// it, none. FAULT_COUNT: file that the number of operations is written to at the end. FAULT_LOG: file for the time at which the
// first one failed.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { join, resolve } from 'node:path';

const { FAULT_FOLDER: folder, FAULT_CODE: code, FAULT_AT, FAULT_COUNT, FAULT_LOG } = process.env;
const at = Number(FAULT_AT ?? Infinity);
const { promises } = fs;
const original = { ...fs, promises: { ...promises } };
/** What a full disk, a write-protected one and one without rights refuse; a broken one, and one without handles, refuse all. */
const isOnlyWriting = ['ENOSPC', 'EROFS', 'EACCES'].includes(code);
/** Handles are free again later; a disk stays as it is. */
const isOnce = code === 'EMFILE';
const OPENING = new Set(['open', 'writeFile', 'appendFile', 'readFile', 'readdir', 'copyFile']);
let count = 0;

process.on('exit', () => FAULT_COUNT && original.writeFileSync(FAULT_COUNT, String(count)));

/** @returns The error of an operation that is to fail. */
function failure(operation, path, isWriting) {
  if (typeof path !== 'string' || !resolve(path).startsWith(join(folder, '.'))) return undefined;
  if (isOnlyWriting && !isWriting) return undefined;
  if (code === 'EMFILE' && !OPENING.has(operation)) return undefined;
  count += 1;
  if (count < at || (isOnce && count > at)) return undefined;
  if (count === at && FAULT_LOG) original.writeFileSync(FAULT_LOG, `${operation} ${path} ${Date.now()}`);
  const errno = -os.constants.errno[code];
  const error = new Error(`${code}: injected, ${operation} '${path}'`);
  return Object.assign(error, { code, errno, syscall: operation, path });
}

const isWriteFlag = (flags = 'r') => (typeof flags === 'number' ? (flags & 3) !== 0 : /[wa+]/.test(flags));

/** Replaces a function of `fs.promises`. */
function replace(name, isWriting, pathIndex = 0) {
  promises[name] = async (...args) => {
    const error = failure(name, String(args[pathIndex]), isWriting);
    if (error) throw error;
    return await original.promises[name](...args);
  };
}

for (const name of ['writeFile', 'appendFile', 'mkdir', 'utimes', 'truncate']) replace(name, true);
// A full disk can still remove files.
for (const name of ['rm', 'rmdir', 'unlink']) replace(name, code !== 'ENOSPC');
for (const name of ['rename', 'copyFile']) replace(name, true, 1);
for (const name of ['readFile', 'readdir', 'stat', 'lstat', 'access']) replace(name, false);

const paths = new WeakMap();
const { constructor: FileHandle } = await original.promises
  .open(process.execPath, 'r')
  .then(async (handle) => {
    await handle.close();
    return handle;
  });
promises.open = async (path, flags, mode) => {
  const error = failure('open', String(path), isWriteFlag(flags));
  if (error) throw error;
  const handle = await original.promises.open(path, flags, mode);
  paths.set(handle, String(path));
  return handle;
};
for (const name of ['write', 'writeFile', 'appendFile', 'truncate', 'sync', 'read', 'stat']) {
  const { [name]: own } = FileHandle.prototype;
  FileHandle.prototype[name] = async function (...args) {
    const error = failure(name, paths.get(this), !['read', 'stat'].includes(name));
    if (error) throw error;
    return await own.apply(this, args);
  };
}

// Streams use these.
const descriptors = new Map();
fs.open = (path, ...args) => {
  const callback = args.pop();
  const error = failure('open', String(path), isWriteFlag(args[0]));
  if (error) return process.nextTick(callback, error);
  original.open(path, ...args, (failed, descriptor) => {
    if (!failed) descriptors.set(descriptor, String(path));
    callback(failed, descriptor);
  });
};
for (const name of ['write', 'writev', 'read']) {
  fs[name] = (descriptor, ...args) => {
    const error = failure(name, descriptors.get(descriptor), name !== 'read');
    if (error) return process.nextTick(args.at(-1), error);
    original[name](descriptor, ...args);
  };
}
fs.close = (descriptor, callback) => {
  descriptors.delete(descriptor);
  original.close(descriptor, callback);
};
syncBuiltinESMExports();
