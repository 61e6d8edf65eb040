/** One line each: what is wrong, the file in lib/, and what is replaced by what. */
export const BUGS = [
  // Resuming.
  bug('no ring: what was sent is let go', 'recognition/input/backlog', [
    'this.#timeline.hand(audio.length);',
    'this.#timeline.hand(audio.length);\n    this.#ring.release(this.#timeline.handed);',
  ]),
  bug('resumes where it stopped sending, not where the text ends', 'recognition/input/backlog', [
    'this.#timeline.beginTask(this.#ring.start);',
    'this.#timeline.beginTask(this.#furthest);',
  ]),
  bug('sends everything again from the beginning', 'recognition/input/backlog', [
    'if (this.isPcm) this.#ring.release(this.#timeline.final);',
    '',
  ]),
  bug('times of a later task by the clock', 'recognition/input/timeline', [
    'this.#taskStartMs = Math.round(this.handedMs);',
    'this.#taskStartMs = position === 0 ? 0 : Math.round(performance.now());',
  ]),
  bug('times of a later task from its own beginning', 'recognition/input/timeline', [
    'this.#taskStartMs = Math.round(this.handedMs);',
    'this.#taskStartMs = 0;',
  ]),
  bug('resumes in the middle of a sample', 'recognition/input/timeline', [
    'return Math.floor((this.#finalMs * this.#bytesPerMs) / 2) * 2;',
    'return Math.max(0, Math.floor((this.#finalMs * this.#bytesPerMs) / 2) * 2 - 1);',
  ]),
  bug('numbers of sentences restart with each task', 'recognition/input/timeline', [
    'this.#insertions = [];\n    this.#handed',
    'this.#finals = 0;\n    this.#insertions = [];\n    this.#handed',
  ]),
  bug('silence that was put in counts in the times', 'recognition/input/timeline', [
    'ms = Math.max(atMs, ms - inserted);',
    '',
  ]),
  bug('usage of results is added up', 'recognition/events/metrics', [
    'this.#billed = Math.max(this.#billed, seconds);',
    'this.#billed += seconds;',
  ]),
  bug('billed seconds of the tasks before are forgotten', 'recognition/events/metrics', [
    'this.#billedBefore += this.#billed;',
    'this.#billedBefore = this.#billed;',
  ]),
  // Repeats.
  bug('repeats are told by their text', 'recognition/input/timeline', [
    'if (this.#isRepeat(wire, begin, end)) return undefined;',
    'if (wire.sentence_end && this.#said.has(wire.text)) return undefined;\n    if (wire.sentence_end) this.#said.add(wire.text);',
    '#insertions: Insertion[] = [];',
    '#insertions: Insertion[] = [];\n  readonly #said = new Set<string>();',
  ]),
  bug('repeats are not dropped', 'recognition/input/timeline', [
    'if (this.#isRepeat(wire, begin, end)) return undefined;',
    '',
  ]),
  bug('repeats are told by the overlap with what comes after', 'recognition/input/timeline', [
    'const overlap = Math.min(end, this.#finalMs) - begin;',
    'const overlap = end - Math.max(begin, this.#finalMs);',
  ]),
  bug('a partial result is given out after its final one', 'recognition/input/timeline', [
    'if (wire.sentence_id !== undefined && this.#lastWireId > 0) return wire.sentence_id <= this.#lastWireId;\n    if (end === null) return begin < this.#finalMs - SAME_END_MS;',
    'if (end === null) return false;',
  ]),
  bug('final results that change places are not put in order', 'recognition/task/result-order', [
    'if (!this.#isNumbered || number === undefined || !isFinal) return [result];',
    'return [result];',
  ]),
  // What is success, and what is not.
  bug('close code 1000 is success', 'recognition/task/task', [
    '#disconnect({ code, reason, cause }: ConnectionEnd): void {',
    "#disconnect({ code, reason, cause }: ConnectionEnd): void {\n    if (code === 1000) return this.#end('finished');",
  ]),
  bug('the end of a foreign task is that of ours', 'recognition/task/task', [
    'const isOurs = event.taskId === this.id ||',
    'const isOurs = true ||',
  ]),
  bug('a task that finishes before its audio has is success', 'recognition/task/task', [
    "if (this.#state === 'finishing') {\n          this.#hasEndedEarly",
    "if (this.#state !== 'starting') {\n          this.#hasEndedEarly",
  ]),
  // Retries.
  bug('no jitter', 'recognition/recovery/retry', ['Math.random() * Math.min(cap,', 'Math.min(cap,']),
  bug('no cap of the back-off', 'recognition/recovery/retry', [
    'Math.min(cap, retryDelayMs * 2 ** doublings)',
    'retryDelayMs * 2 ** doublings',
  ]),
  bug('Retry-After is ignored', 'recognition/recovery/retry', [
    'return Math.max(retryAfterMs ?? 0, jittered);',
    'return jittered;',
  ]),
  bug('progress does not start the tries anew', 'recognition/recovery/retry', [
    'progressed(): void {\n    this.#failures = 0;',
    'progressed(): void {',
  ]),
  bug('a throttle is fatal', 'protocol/errors/service-errors', [
    "{ codes: [CODES.throttling], code: 'E_THROTTLED', retryable: true, hint: THROTTLED_HINT }",
    "{ codes: [CODES.throttling], code: 'E_THROTTLED', hint: THROTTLED_HINT }",
  ]),
  bug('insufficient_quota is fatal', 'protocol/errors/service-errors', [
    'rate limit|insufficient_quota|',
    'rate limit|',
  ]),
  bug('audio that always fails is tried for ever', 'recognition/recovery/failing-span', [
    'const MAX_TRIES = 3;',
    'const MAX_TRIES = 1000;',
  ]),
  bug('a gap is not told', 'recognition/recovery/losses', ['this.#onGap(gap);', '']),
  bug('an abort waits for the end of the back-off', 'recognition/recognizer', [
    'await wait(reconnect.delayMs, undefined, { signal }).catch(() => {});',
    'await wait(reconnect.delayMs);',
  ]),
  bug('one limiter for each recognition', 'recognition/task/task-limiter', [
    'limiters.get(name) ?? new TaskLimiter(rate)',
    'new TaskLimiter(rate)',
  ]),
  bug('a throttle does not slow down', 'recognition/task/task-limiter', [
    'Math.min(this.#rate, TASKS_PER_SECOND) / 2)',
    'this.#rate)',
  ]),
  // Deadlines and liveness.
  bug('no deadline for task-finished', 'recognition/task/task', [
    "this.#settle('finish the task', finishTimeoutMs + extraMs, 'finishing')",
    "this.#settle('finish the task', 86_400_000, 'finishing')",
  ]),
  bug('no deadline for task-started', 'recognition/task/task', [
    "this.#settle('start the task', limits.startTimeoutMs, 'starting')",
    "this.#settle('start the task', 86_400_000, 'starting')",
  ]),
  bug('pings without an answer are ignored', 'recognition/connection/connection', [
    'onGone: () => this.#lose(pingIntervalMs),',
    'onGone: () => {},',
  ]),
  bug('a reader that pauses is taken for a service that is gone', 'recognition/connection/connection', [
    'this.#liveness.pause();\n',
    '',
  ]),
  bug('a service that says nothing about speech is waited for', 'recognition/task/unanswered-speech', [
    'return this.#speechMs * 2 >= this.#limitMs &&',
    'return false &&',
  ]),
  // Connections and back-pressure.
  bug('the pool gives out dead connections', 'recognition/connection/connection-pool', [
    'if (idle.connection.isOpen) return',
    'return',
  ]),
  bug('a connection of a failed task is used again', 'recognition/recognizer', [
    "this.#trace('failed');\n    await this.#starter.end();",
    "this.#trace('failed');\n    if (this.#task) await this.#starter.giveBack(this.#task);",
  ]),
  bug('a connection that waits holds the process', 'recognition/connection/connection-pool', [
    '.unref();',
    ';',
  ]),
  bug('nothing waits for a service that does not read', 'recognition/connection/connection', [
    'if (this.hasRoom) {',
    'if (this.isOpen) {',
  ]),
  bug('a live source has to wait', 'recognition/input/feeder', [
    'if (this.#options.isLive) return undefined;',
    '',
  ]),
  bug(
    'a service that is behind has its task finished in the middle of a sentence',
    'recognition/input/feeder',
    ['this.#backlog.isNearlyFull && !(await this.#catchesUp(task));', 'this.#backlog.isNearlyFull;'],
  ),
  bug('the ring has no limit', 'recognition/input/backlog', [
    'this.#ring.release(this.#ring.end - this.#maxBytes);',
    '',
  ]),
  // Security.
  bug('the key in the trace of the wire', 'recognition/events/diagnostics', [
    'text: withoutKeys(message)',
    'text: message',
  ]),
  bug('redirects are followed, with the key', 'recognition/connection/connection', [
    'followRedirects: false',
    'followRedirects: true',
  ]),
  bug('messages of any size are read', 'recognition/connection/connection', [
    'maxPayload: MAX_SERVICE_MESSAGE_BYTES',
    'maxPayload: 0',
  ]),
];

/** @param edits What is replaced, by what, and so on. */
function bug(name, file, edits) {
  return { name, file: `${file}.ts`, edits };
}
