// What the clients of losses.mjs say, a line of JSON each.

/** A final sentence came. */
export function say({ begin_time, end_time, text }) {
  console.log(JSON.stringify({ begin_time, end_time, text }));
}

/** The user is told that something went wrong. */
export function complain(message) {
  console.log(JSON.stringify({ complaint: message }));
}
