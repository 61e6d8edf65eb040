// Scripted partial sentences, as a streaming recogniser sends them: the last words are often wrong at first, are taken back
// for a moment, and marks appear and disappear.

const ENGLISH = [
  'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.',
  'He was not an ill-disposed young man.',
  'Unless to be rather cold-hearted and rather selfish is to be ill-disposed, he was well respected.',
  'Had he married a more amiable woman, he might have been made still more respectable than he was.',
];
const CHINESE = [
  '今天下午我们去公园散步，看见很多人在湖边钓鱼。',
  '会议改到下周三上午十点，请大家提前准备好材料。',
  '如果明天不下雨，我们就按照原来的计划出发，先坐火车，再换公共汽车。',
];
const WRONG = {
  en: ['a', 'there', 'while', 'leather', 'prudent', 'sand', 'respect'],
  zh: ['的', '是', '地', '元', '掉', '城'],
};

/** Milliseconds between two partial sentences. */
export const PARTIAL_MS = 300;

/**
 * Partial and final sentences with corrections.
 * @param {'en' | 'zh'} language
 * @param {number} seed
 */
export function scriptedSentences(language, seed) {
  const random = generator(seed);
  const sentences = [];
  let time = 0;
  for (const [index, text] of (language === 'en' ? ENGLISH : CHINESE).entries()) {
    const words =
      language === 'en' ? text.split(' ') : Array.from(text.matchAll(/\P{P}\p{P}*/gu), ([word]) => word);
    const join = (parts) => parts.join(language === 'en' ? ' ' : '');
    const begin = time;
    // For each word: how many partial sentences show it wrong.
    const wrong = words.map(() => (random() < 0.25 ? 1 + Math.floor(random() * 3) : 0));
    const sentence = (shown, isFinal) =>
      sentences.push({
        sentence_id: index + 1,
        begin_time: begin,
        end_time: isFinal ? time : null,
        text: shown,
        words: [],
        sentence_end: isFinal,
        request_id: 'scripted',
      });
    for (let count = 1; count <= words.length; count += 1 + Math.floor(random() * 2)) {
      time += PARTIAL_MS;
      const isShort = random() < 0.15 && count > 3;
      const visible = words.slice(0, isShort ? count - 2 : count).map((word, at) => {
        const isWrong = wrong[at] > 0;
        if (isWrong) wrong[at] -= 1;
        const choices = WRONG[language];
        return isWrong ? choices[(at + seed) % choices.length] : word;
      });
      const end = language === 'en' ? '.' : '。';
      sentence(join(visible) + (random() < 0.3 ? end : ''), false);
    }
    time += PARTIAL_MS;
    sentence(text, true);
  }
  return sentences;
}

/** Random numbers from 0 to 1 (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
