const MAX_TIME_ERROR_MS = 20;
const MAX_PRINTED = 10;

/** The results of many schedules. */
export class Tally {
  schedules = 0;
  #sentences = 0;
  #wrong = { lost: 0, duplicated: 0, unexpected: 0, damaged: 0, outOfOrder: 0 };
  #kinds = new Map();
  #faults = 0;
  #timeErrorMs = 0;
  #hung = 0;
  #errors = 0;
  #resentMs = 0;
  #resentFinalMs = 0;
  #failed = [];
  #fewest = new Map();

  /** Adds a result, or the reduced form of a schedule that fails. */
  add(result) {
    if ('fewest' in result) {
      this.#fewest.set(result.seed, result.fewest);
      return;
    }
    this.schedules += 1;
    this.#sentences += result.sentences;
    for (const what of Object.keys(this.#wrong)) this.#wrong[what] += result[what].length;
    for (const kind of result.kinds) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    this.#faults += result.kinds.length;
    this.#timeErrorMs = Math.max(this.#timeErrorMs, result.largestTimeErrorMs);
    this.#hung += result.isHung ? 1 : 0;
    this.#errors += result.error && !result.isHung ? 1 : 0;
    this.#resentMs += result.resentMs;
    this.#resentFinalMs += result.resentFinalMs;
    if (!result.isPassed) this.#failed.push(result);
  }

  /**
   * Prints the totals and the schedules that failed.
   * @param command The command that replays a schedule, without seed and faults.
   * @returns Whether all schedules passed.
   */
  print(command) {
    const kinds = [...this.#kinds].map(([kind, count]) => `${kind} ${count}`).toSorted();
    console.log(`${this.schedules} schedules, ${this.#faults} faults fired: ${kinds.join(', ')}`);
    const wrong = Object.entries(this.#wrong).map(([what, count]) => `${count} ${what}`);
    console.log(`${this.#sentences} sentences: ${wrong.join(', ')} (target 0)`);
    console.log(`times: at most ${this.#timeErrorMs} ms wrong (target ${MAX_TIME_ERROR_MS} ms)`);
    console.log(`${this.#hung} hangs, ${this.#errors} errors or gaps (target 0)`);
    console.log(
      `audio sent again: ${seconds(this.#resentMs)} s, of which already final: ${seconds(this.#resentFinalMs)} s (target 0)`,
    );
    if (this.#failed.length > 0) console.log(`${this.#failed.length} schedules failed`);
    for (const result of this.#failed.slice(0, MAX_PRINTED)) this.#printFailed(result, command);
    return this.#failed.length === 0;
  }

  #printFailed({ seed, faults, error, ...result }, command) {
    const wrong = Object.keys(this.#wrong).filter((what) => result[what].length > 0);
    const reasons = [...wrong.map((what) => `${what} ${result[what].length}`), ...(error ? [error] : [])];
    console.log(`failed: ${reasons.join(', ')}`);
    console.log(`  ${command} ${seed} '${this.#fewest.get(seed) ?? faults}'`);
  }
}

function seconds(ms) {
  return (ms / 1000).toFixed(3);
}
