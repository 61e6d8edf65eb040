// The output of the clients of losses.mjs: one line of JSON for each sentence or error.

/** Reports a final sentence. */
export function reportSentence({ begin_time, end_time, text }) {
  console.log(JSON.stringify({ begin_time, end_time, text }));
}

/** Reports an error of which the user learns. */
export function reportError(message) {
  console.log(JSON.stringify({ error: message }));
}
