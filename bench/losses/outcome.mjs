// What became of the runs of losses.mjs, in words.

/** What may be wrong with the time of a sentence, in ms. */
const TOLERANCE_MS = 20;

/** Whether a client gave out all sentences once, whole, in order and in time, nothing else, and came to its end. */
export function isPerfect({ isExact, largestTimeErrorMs, isHung }) {
  return isExact && largestTimeErrorMs <= TOLERANCE_MS && !isHung;
}

/** One cell of the table: what became of several runs together. */
export function cell(outcomes) {
  const count = (name) => outcomes.reduce((sum, outcome) => sum + outcome[name].length, 0);
  const wrong = [
    [count('cut'), 'cut'],
    [count('duplicated'), 'twice'],
    [count('disordered'), 'out of order'],
    [count('unexpected'), 'invented'],
  ].flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`]));
  const worst = Math.max(...outcomes.map(({ largestTimeErrorMs }) => largestTimeErrorMs));
  if (worst > TOLERANCE_MS) wrong.push(`times wrong by up to ${worst} ms`);
  const [told, inSilence, hung] = ['told', 'in silence', 'hangs'].map((end) => {
    const runs = outcomes.filter((outcome) => endOf(outcome) === end).length;
    if (runs === 0) return [];
    return runs === outcomes.length ? [end] : [`${end} in ${runs} of ${outcomes.length} runs`];
  });
  return [`${count('lost')} lost`, ...wrong, ...told, ...inSilence, ...hung].join(', ');
}

/** One run in one line. */
export function line(client, faults, outcome) {
  const { total, lost, cut, duplicated, disordered, unexpected, complaints } = outcome;
  const wrong = Object.entries({ lost, cut, duplicated, disordered, unexpected })
    .filter(([, those]) => those.length > 0)
    .map(([what, those]) => `${those.length} ${what}`);
  const verdict = [...wrong, endOf(outcome)].filter(Boolean).join(', ') || 'all right';
  const named = faults.length > 100 ? `${faults.slice(0, 100)}…` : faults || 'no fault';
  return [client, named, `${total} sentences: ${verdict}`, ...complaints].join(' | ');
}

/** Whether the client came to its end, and its user knows of what went wrong. */
function endOf(outcome) {
  if (isPerfect(outcome)) return undefined;
  if (outcome.isHung) return 'hangs';
  return outcome.complaints.length > 0 ? 'told' : 'in silence';
}
