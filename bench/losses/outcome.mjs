// Describes the outcome of the runs of losses.mjs.

/** Allowed error of the times of a sentence, in ms. */
const TOLERANCE_MS = 20;

/** Whether a client reported all sentences once, complete, in order and with correct times, nothing else, and ended. */
export function isPerfect({ isExact, largestTimeErrorMs, isHung }) {
  return isExact && largestTimeErrorMs <= TOLERANCE_MS && !isHung;
}

/** Formats the outcome of several runs as a cell of the table. */
export function cell(outcomes) {
  const count = (name) => outcomes.reduce((sum, outcome) => sum + outcome[name].length, 0);
  const wrong = [
    [count('damaged'), 'damaged'],
    [count('duplicated'), 'twice'],
    [count('outOfOrder'), 'out of order'],
    [count('unexpected'), 'unexpected'],
  ].flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`]));
  const worst = Math.max(...outcomes.map(({ largestTimeErrorMs }) => largestTimeErrorMs));
  if (worst > TOLERANCE_MS) wrong.push(`times wrong by up to ${worst} ms`);
  const [reported, silent, hung] = ['reported', 'silent', 'hangs'].map((end) => {
    const runs = outcomes.filter((outcome) => endOf(outcome) === end).length;
    if (runs === 0) return [];
    return runs === outcomes.length ? [end] : [`${end} in ${runs} of ${outcomes.length} runs`];
  });
  return [`${count('lost')} lost`, ...wrong, ...reported, ...silent, ...hung].join(', ');
}

/** Formats one run as a line. */
export function line(client, faults, outcome) {
  const { total, lost, damaged, duplicated, outOfOrder, unexpected, errors } = outcome;
  const wrong = Object.entries({ lost, damaged, duplicated, outOfOrder, unexpected })
    .filter(([, sentences]) => sentences.length > 0)
    .map(([what, sentences]) => `${sentences.length} ${what}`);
  const verdict = [...wrong, endOf(outcome)].filter(Boolean).join(', ') || 'perfect';
  const schedule = faults.length > 100 ? `${faults.slice(0, 100)}…` : faults || 'no fault';
  return [client, schedule, `${total} sentences: ${verdict}`, ...errors].join(' | ');
}

/** How a run that is not perfect ended: `reported` or `silent` losses, or `hangs`. */
function endOf(outcome) {
  if (isPerfect(outcome)) return undefined;
  if (outcome.isHung) return 'hangs';
  return outcome.errors.length > 0 ? 'reported' : 'silent';
}
