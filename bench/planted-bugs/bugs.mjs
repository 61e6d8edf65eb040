// The bugs of planted-bugs.mjs: name, file in lib/, and the edits that plant it (text, replacement, and so on).

export const BUGS = [
  // Resuming
  bug('releases audio as soon as it is sent', 'recognition/input/input-buffer', [
    'this.#furthest = Math.max(this.#furthest, to);',
    'this.#furthest = Math.max(this.#furthest, to);\n    this.#ring.release(to);',
  ]),
  bug(
    'resumes at the end of the sent audio instead of the end of the text',
    'recognition/input/input-buffer',
    [
      'const position = Math.max(this.start, this.#format.floor(at));',
      'const position = Math.max(this.#furthest, this.start, this.#format.floor(at));',
    ],
  ),
  bug('sends all audio again from the beginning', 'recognition/input/input-buffer', [
    'if (this.isTimed) this.#release(this.#final);',
    '',
  ]),
  bug('takes the start time of a later task from the clock', 'recognition/input/timeline', [
    'this.#taskStartMs = Math.round(startMs);',
    'this.#taskStartMs = startMs === 0 ? 0 : Math.round(performance.now());',
  ]),
  bug('counts the times of a later task from its own start', 'recognition/input/timeline', [
    'this.#taskStartMs = Math.round(startMs);',
    'this.#taskStartMs = 0;',
  ]),
  bug('resumes in the middle of a sample', 'recognition/input/plain-format', [
    'return Math.floor(position / this.#unitBytes) * this.#unitBytes;',
    'return Math.max(0, Math.floor(position / this.#unitBytes) * this.#unitBytes - 1);',
  ]),
  bug('restarts the sentence numbers with each task', 'recognition/input/timeline', [
    'this.#insertions = [];\n    this.#taskStartMs',
    'this.#finals = 0;\n    this.#insertions = [];\n    this.#taskStartMs',
  ]),
  bug('counts inserted silence in the times', 'recognition/input/timeline', [
    'ms = Math.max(atMs, ms - inserted);',
    '',
  ]),
  bug('adds up the usage of all results', 'recognition/events/metrics-recorder', [
    'this.#billed = Math.max(this.#billed, detail.billedSeconds ?? 0);',
    'this.#billed += detail.billedSeconds ?? 0;',
  ]),
  bug('forgets the billed seconds of earlier tasks', 'recognition/events/metrics-recorder', [
    'this.#billedBefore += this.#billed;',
    'this.#billedBefore = this.#billed;',
  ]),
  // Repeated results
  bug('detects repeats by their text', 'recognition/input/timeline', [
    'if (this.#isRepeat(wire, begin, end, position.finalMs)) return undefined;',
    'if (isFinal && this.#texts.has(text)) return undefined;\n    if (isFinal) this.#texts.add(text);',
    '#insertions: Insertion[] = [];',
    '#insertions: Insertion[] = [];\n  readonly #texts = new Set<string>();',
  ]),
  bug('does not drop repeats', 'recognition/input/timeline', [
    'if (this.#isRepeat(wire, begin, end, position.finalMs)) return undefined;',
    '',
  ]),
  bug('detects repeats by the overlap with later audio', 'recognition/input/timeline', [
    'const overlap = Math.min(end, finalMs) - begin;',
    'const overlap = end - Math.max(begin, finalMs);',
  ]),
  bug('emits a partial result after its final result', 'recognition/input/timeline', [
    'if (wire.sentence_id !== undefined && this.#lastWireId > 0) return wire.sentence_id <= this.#lastWireId;\n    if (end === null) return begin < finalMs - SAME_END_MS;',
    'if (end === null) return false;',
  ]),
  bug('does not reorder final results', 'recognition/task/result-order', [
    'if (!this.#isNumbered || number === undefined || !isFinal) return [result];',
    'return [result];',
  ]),
  // Success and failure
  bug('takes close code 1000 for success', 'recognition/task/task', [
    '#disconnect({ code, reason, cause }: ConnectionEnd): void {',
    "#disconnect({ code, reason, cause }: ConnectionEnd): void {\n    if (code === 1000) return this.#end('finished');",
  ]),
  bug('accepts task-finished of another task', 'recognition/task/message-reader', [
    'event.taskId === this.#taskId ||',
    'true ||',
  ]),
  bug('takes a task that finishes early for success', 'recognition/task/task', [
    "if (this.#state !== 'finishing') return this.#fail(finishedEarly(this.id));",
    '',
  ]),
  // Retries
  bug('retries without jitter', 'core/retry-delay', ['Math.random() * Math.min(', 'Math.min(']),
  bug('retries without a maximum delay', 'core/retry-delay', [
    'Math.min(maxMs, firstMs * 2 ** doublings)',
    'firstMs * 2 ** doublings',
  ]),
  bug('ignores Retry-After', 'recognition/recovery/retry-policy', [
    'return Math.max(retryAfterMs, this.#delay(error));',
    'return this.#delay(error);',
  ]),
  bug('does not reset the retry count after progress', 'recognition/recovery/retry-policy', [
    'progressed(): void {\n    this.#counted = 0;',
    'progressed(): void {',
  ]),
  bug('takes throttling for a permanent error', 'protocol/errors/service-errors', [
    "{ codes: [CODES.throttling], code: 'E_THROTTLED', retryable: true, hint: THROTTLED_HINT }",
    "{ codes: [CODES.throttling], code: 'E_THROTTLED', hint: THROTTLED_HINT }",
  ]),
  bug('takes insufficient_quota for a permanent error', 'protocol/errors/service-errors', [
    'rate limit|insufficient_quota|',
    'rate limit|',
  ]),
  bug('retries poison audio for ever', 'recognition/recovery/poison-audio', [
    'const MIN_FAILURES = 3;',
    'const MIN_FAILURES = 1000;',
  ]),
  bug('takes an outage for poison audio', 'recognition/recovery/poison-audio', [
    'this.#counted >= MIN_FAILURES && this.#hasProof ?',
    'this.#counted >= MIN_FAILURES ?',
  ]),
  bug('gives up clear audio before poison audio', 'recognition/recovery/gap-search', [
    'return [limit, middle].find(',
    'return [limit].slice(1).find(',
  ]),
  bug('does not report a gap', 'recognition/events/gap-reporter', ["this.#events.publish('gap', gap);", '']),
  bug('an abort waits for the end of the retry delay', 'recognition/recovery/retrier', [
    'wait(reconnect.delayMs, undefined, { signal }).catch(() => {});',
    'wait(reconnect.delayMs);',
  ]),
  bug('limits the task rate for each recognition alone', 'recognition/task/task-limiter', [
    'limiters.get(name) ?? new TaskLimiter(rate)',
    'new TaskLimiter(rate)',
  ]),
  bug('does not reduce the task rate after throttling', 'recognition/task/task-limiter', [
    'Math.min(this.#rate, TASKS_PER_SECOND) / 2)',
    'this.#rate)',
  ]),
  // Timeouts and pings
  bug('waits for task-finished without a timeout', 'recognition/task/task', [
    "this.#settle('finish the task', finishTimeoutMs + extraMs, 'finishing')",
    "this.#settle('finish the task', 86_400_000, 'finishing')",
  ]),
  bug('waits for task-started without a timeout', 'recognition/task/task', [
    "this.#settle('start the task', limits.startTimeoutMs, 'starting')",
    "this.#settle('start the task', 86_400_000, 'starting')",
  ]),
  bug('ignores unanswered pings', 'recognition/connection/connection', [
    'onDead: () => this.#lose(pingIntervalMs),',
    'onDead: () => {},',
  ]),
  bug('takes a paused consumer for a dead service', 'recognition/connection/connection', [
    'this.#monitor.pause();\n',
    '',
  ]),
  bug('waits for a service that returns no results for speech', 'recognition/task/result-watchdog', [
    'return this.#speechMs * 2 >= this.#limitMs &&',
    'return false &&',
  ]),
  // Connections and back pressure
  bug('reuses dead connections from the pool', 'recognition/connection/connection-pool', [
    'if (idle.connection.isOpen) return',
    'return',
  ]),
  bug('reuses the connection of a failed task', 'recognition/recovery/retrier', [
    '} finally {\n      await starter.end();',
    '} finally {\n      if (task) await starter.release(task);',
  ]),
  bug('an idle connection keeps the process alive', 'recognition/connection/connection-pool', [
    '.unref();',
    ';',
  ]),
  bug('applies no back pressure when the service does not read', 'recognition/connection/connection', [
    'if (this.hasRoom) {',
    'if (this.isOpen) {',
  ]),
  bug('applies back pressure to a live source', 'recognition/input/input-queue', [
    'if (this.isLive) return undefined;',
    '',
  ]),
  bug('finishes the task of a slow service in the middle of a sentence', 'recognition/task/sender', [
    'if (this.#window.isFull && !(await this.#hasCaughtUp(task))) return false;',
    'if (this.#window.isFull) return false;',
  ]),
  bug('keeps audio without a limit', 'recognition/input/input-buffer', [
    'if (startMs > this.#format.msAt(this.start)) this.#release(this.#format.positionAt(startMs));',
    '',
  ]),
  // Security
  bug('writes the key to the wire trace', 'recognition/events/diagnostics', [
    'text: withoutKeys(message)',
    'text: message',
  ]),
  bug('follows redirects with the key', 'recognition/connection/connection', [
    'followRedirects: false',
    'followRedirects: true',
  ]),
  bug('accepts messages of any size', 'recognition/connection/connection', [
    'maxPayload: MAX_SERVICE_MESSAGE_BYTES',
    'maxPayload: 0',
  ]),
];

/** @param edits A text that occurs once in the file, its replacement, the next text, and so on. */
function bug(name, file, edits) {
  return { name, file: `${file}.ts`, edits };
}
