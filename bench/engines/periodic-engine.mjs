const BYTES_PER_MS = 32;
const WORD_MS = 300;

/**
 * An engine that takes no time and recognises a word in each 300 ms of 16 kHz PCM: a final sentence after each `sentenceMs`
 * and, where asked for, a partial one after each `partialMs`.
 */
export function periodicEngine({ sentenceMs = 3000, partialMs = sentenceMs } = {}) {
  return {
    model: 'periodic',
    languages: ['en'],
    open({ onSentence }) {
      let bytes = 0;
      let resultMs = 0;
      return {
        silenceMs: 0,
        async write(pcm) {
          bytes += pcm.length;
          for (; resultMs + partialMs <= bytes / BYTES_PER_MS; resultMs += partialMs)
            onSentence(sentence(resultMs + partialMs, sentenceMs));
        },
        async end() {},
        destroy() {},
      };
    },
    async close() {},
  };
}

/** The sentence that is spoken until a time. It is final at its end. */
function sentence(nowMs, sentenceMs) {
  const begin_time = Math.floor((nowMs - 1) / sentenceMs) * sentenceMs;
  const words = Array.from({ length: Math.floor((nowMs - begin_time) / WORD_MS) }, (_, index) => ({
    begin_time: begin_time + index * WORD_MS,
    end_time: begin_time + (index + 1) * WORD_MS,
    text: index === 0 ? 'again' : ' again',
    punctuation: '',
  }));
  const end_time = nowMs % sentenceMs === 0 ? nowMs : null;
  return { begin_time, end_time, text: words.map(({ text }) => text).join(''), words };
}
