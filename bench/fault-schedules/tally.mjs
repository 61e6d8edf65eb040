const MAX_TIME_ERROR_MS = 20;
const MOST_PRINTED = 10;

/** The verdicts of many schedules. */
export class Tally {
  schedules = 0;
  #spoken = 0;
  #wrong = { lost: 0, duplicated: 0, unexpected: 0, cut: 0, disordered: 0 };
  #kinds = new Map();
  #faults = 0;
  #timeErrorMs = 0;
  #hung = 0;
  #failures = 0;
  #resentMs = 0;
  #resentFinalMs = 0;
  #failed = [];
  #fewest = new Map();

  /** Takes a verdict, or the fewest faults with which a schedule still fails. */
  add(verdict) {
    if ('fewest' in verdict) {
      this.#fewest.set(verdict.seed, verdict.fewest);
      return;
    }
    this.schedules += 1;
    this.#spoken += verdict.spoken;
    for (const what of Object.keys(this.#wrong)) this.#wrong[what] += verdict[what].length;
    for (const kind of verdict.kinds) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    this.#faults += verdict.kinds.length;
    this.#timeErrorMs = Math.max(this.#timeErrorMs, verdict.largestTimeErrorMs);
    this.#hung += verdict.isHung ? 1 : 0;
    this.#failures += verdict.failure && !verdict.isHung ? 1 : 0;
    this.#resentMs += verdict.resentMs;
    this.#resentFinalMs += verdict.resentFinalMs;
    if (!verdict.isPassed) this.#failed.push(verdict);
  }

  /** @param command Replays one schedule, with its seed and faults behind it. @returns Whether all is right. */
  print(command) {
    const kinds = [...this.#kinds].map(([kind, count]) => `${kind} ${count}`).toSorted();
    console.log(`${this.schedules} schedules, ${this.#faults} faults happened: ${kinds.join(', ')}`);
    const wrong = Object.entries(this.#wrong).map(([what, count]) => `${count} ${what}`);
    console.log(`${this.#spoken} sentences: ${wrong.join(', ')} (target 0)`);
    console.log(`times: at most ${this.#timeErrorMs} ms off (target ${MAX_TIME_ERROR_MS} ms)`);
    console.log(`${this.#hung} hangs, ${this.#failures} failures or gaps (target 0)`);
    console.log(
      `audio that the service heard again: ${seconds(this.#resentMs)} s, of which final before: ${seconds(this.#resentFinalMs)} s (target 0)`,
    );
    if (this.#failed.length > 0) console.log(`${this.#failed.length} schedules failed`);
    for (const verdict of this.#failed.slice(0, MOST_PRINTED)) this.#printFailed(verdict, command);
    return this.#failed.length === 0;
  }

  #printFailed({ seed, faults, failure, ...verdict }, command) {
    const wrong = Object.keys(this.#wrong).filter((what) => verdict[what].length > 0);
    const reasons = [
      ...wrong.map((what) => `${what} ${verdict[what].length}`),
      ...(failure ? [failure] : []),
    ];
    console.log(`failed: ${reasons.join(', ')}`);
    console.log(`  ${command} ${seed} '${this.#fewest.get(seed) ?? faults}'`);
  }
}

function seconds(ms) {
  return (ms / 1000).toFixed(3);
}
