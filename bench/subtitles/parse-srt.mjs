// A parser of SRT: cues with start and end in milliseconds and lines of text.

const TIMES = /^(\d+):(\d\d):(\d\d)[,.](\d{3}) --> (\d+):(\d\d):(\d\d)[,.](\d{3})$/;

/** @throws {Error} When a block is no cue. */
export function parseSrt(srt) {
  const blocks = srt
    .replaceAll('\r\n', '\n')
    .split(/\n{2,}/)
    .map((block) => block.replace(/^\n+|\n+$/g, ''));
  return blocks.filter(Boolean).map((block) => {
    const [number, times, ...lines] = block.split('\n');
    const match = TIMES.exec(times ?? '');
    if (!/^\d+$/.test(number) || !match || lines.length === 0) throw new Error(`no cue: ${block}`);
    const [start, end] = [match.slice(1, 5), match.slice(5)].map(
      ([h, m, s, ms]) => ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000 + Number(ms),
    );
    return { start, end, lines };
  });
}
