// Where lines and cues may end, by means of its own: Intl.Segmenter for Chinese words, BudouX for Japanese phrases, small
// lists for English.
import { loadDefaultJapaneseParser } from 'budoux';
import { clustersOf, widthOfCluster } from './width.mjs';

const NOT_FIRST = {
  en: '',
  ja: ')]}）］｝、，。．〉》」』】〕〙〗’”»`：；！？・‐–ー々ヽヾァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎ',
};
NOT_FIRST.zh = `${NOT_FIRST.ja}%),.:;?!]`;
const NOT_LAST = { en: '', zh: '([{（［｛〈《「『【〔“‘', ja: '([{（［｛〈《「『【〔“‘' };
const CURRENCY = /[$€£¥￥]/;
const SENTENCE_MARK = /[.!?。！？…][”’"'」』）)\]]*$/u;
const PUNCTUATION = /[\p{P}]$/u;
const URL = /^(?:https?:|www\.|[\w.+-]+@|[\w-]+\.[\w.-]+\/)/i;

const list = (words) => new Set(words.split(/\s+/));
const ARTICLES = list('a an the');
const PREPOSITIONS = list(
  'of to in on at by for from with into onto upon about between through during without against among within toward towards across behind beneath beside despite per via',
);
const CONJUNCTIONS = list(
  'and or but nor so because that than as if when while where whether although though unless until since before after',
);
const AUXILIARIES = list(
  `is are was were be been am do does did has have had will would can could shall should may might must cannot don't doesn't didn't won't wouldn't can't couldn't shouldn't isn't aren't wasn't weren't hasn't haven't hadn't`,
);
/** Auxiliaries that are the verb itself before one of these: have | the results. */
const MAIN_VERBS = list('do does did has have had');
const AFTER_MAIN_VERB = list('a an the my your his her its our their no some any this that these those');
const SUBJECTS = list(
  `i he she we they i'm i'd i'll i've he's he'd he'll she's she'd she'll we're we'd we'll we've they're they'd they'll they've you're you'll you'd you've`,
);
/** Subject or object: a subject when one of these follows. */
const EITHER = list('you it');
const VERBS_AFTER = list(
  `${[...AUXILIARIES].join(' ')} just always never also still know think want need see get said say`,
);
const NUMBER_WORDS = list(
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion',
);
const MAGNITUDES = list('hundred thousand million billion trillion percent');
const UNITS = list(
  'euros dollars pounds cents metres meters kilometres kilometers miles grams kilograms tons litres liters millilitres degrees years hours minutes seconds milliseconds percent',
);
/** What stands right after digits and belongs to them. */
const UNITS_HAN = {
  zh: /[年月日号时点分秒元块万亿千百个人次条名件台岁度米倍公英毫克升]/u,
  ja: /[年月日号時分秒円銭万億千百個人回件台歳度倍号キメグミパセ]/u,
};
const TITLES = list('mr mrs ms dr prof st');
const PARTICLES_ZH = '的了吗呢吧们着过';

const japanese = loadDefaultJapaneseParser();
const words = new Map();

/**
 * The characters of a passage without white space, and what a cut before each of them would break.
 * @returns `clusters`, `wordOf` (index of the word of each), `words`, `hasSpace` (whether white space is before it),
 *   `split`, `bad` (reasons or undefined), `kinsoku`, `isAfterMark`, `isSentenceStart`, `isAfterSentence`, `wordCountOf`.
 */
export function measure(sentences, language) {
  const stream = {
    language,
    clusters: [],
    wordOf: [],
    words: [],
    hasSpace: [],
    widths: [],
    split: [],
    bad: [],
    kinsoku: [],
    isAfterMark: [],
    isSentenceStart: [],
    isAfterSentence: [],
  };
  for (const sentence of sentences) addSentence(stream, sentence, language);
  const { clusters } = stream;
  const size = clusters.length;
  stream.isAfterMark[size] = PUNCTUATION.test(clusters[size - 1]);
  stream.isAfterSentence[size] = true;
  stream.isSentenceStart[size] = true;
  const text = clusters.map((cluster, index) => (stream.hasSpace[index] ? ' ' : '') + cluster).join('');
  stream.starts = wordStarts(text, language);
  if (language === 'ja') stream.dictionary = positions(segments(text, 'ja').map(({ segment }) => segment));
  for (let at = 1; at < size; at += 1) cutAt(stream, at, language);
  return stream;
}

function addSentence(stream, { words: spokenWords }, language) {
  for (const [index, word] of spokenWords.entries()) {
    const number = stream.words.length;
    const token = word.text + word.punctuation;
    stream.words.push({
      begin: word.begin_time,
      end: word.end_time,
      text: word.text.trim(),
      from: stream.clusters.length,
    });
    let isSpace = index === 0 && language === 'en' && stream.clusters.length > 0;
    for (const cluster of clustersOf(token)) {
      if (/^\s+$/u.test(cluster)) {
        isSpace = true;
        continue;
      }
      const at = stream.clusters.length;
      stream.isSentenceStart[at] = index === 0 && at === stream.words[number].from;
      stream.hasSpace[at] = isSpace;
      isSpace = false;
      stream.clusters.push(cluster);
      stream.widths.push(widthOfCluster(cluster, language));
      stream.wordOf.push(number);
    }
  }
}

function cutAt(stream, at, language) {
  const { clusters, wordOf, words: spokenWords } = stream;
  const [before, after] = [clusters[at - 1], clusters[at]];
  const word = spokenWords[wordOf[at]];
  const tail = clusters.slice(Math.max(0, at - 3), at).join('');
  stream.isAfterMark[at] = PUNCTUATION.test(before) && !(language === 'en' && isTitle(stream, at));
  stream.isAfterSentence[at] ||=
    SENTENCE_MARK.test(tail) && stream.isAfterMark[at] && wordOf[at - 1] !== wordOf[at];
  stream.isSentenceStart[at] ||= stream.isAfterSentence[at];
  stream.kinsoku[at] =
    NOT_FIRST[language].includes(after) ||
    NOT_LAST[language].includes(before) ||
    (CURRENCY.test(before) && /\d/.test(after));
  stream.split[at] = splitAt(stream, at, word, before, after) ?? splitInJapanese(stream, at, before, after);
  const isFree = stream.isAfterMark[at] && !isBeforeParticle(stream, at, before);
  stream.bad[at] = isFree || stream.split[at] ? undefined : badAt(stream, at, language);
}

/** A word, a number or a mark with its word would be cut. URLs may be cut after `/ . - ? &`. */
function splitAt({ wordOf, words: spokenWords }, at, word, before, after) {
  if (wordOf[at - 1] === wordOf[at]) {
    if (URL.test(word.text) && /[/.\-?&]/.test(before) && !/[/.\-?&]/.test(after)) return undefined;
    return /\d/.test(word.text) ? 'number' : 'word';
  }
  const previous = spokenWords[wordOf[at - 1]];
  if (/\d$/.test(previous.text) && previous.text.endsWith(before) && /[%℃°‰]/.test(after)) return 'number';
  return /^[…—]$/.test(before) && before === after ? 'mark' : undefined;
}

/** A particle belongs to the bracket before it. */
function isBeforeParticle({ language, starts }, at, before) {
  return language === 'ja' && /[」』）]/.test(before) && !starts.has(at);
}

/** After these kana, a form may end inside a phrase: particles, and て before another verb. */
const JOINT = /[てでばとにをはがも]/;

/**
 * The words of a passage may be single characters. A cut inside a word of the dictionary is a cut of a word, and so is one
 * inside a kana ending: before a kana inside a phrase, except after a form that may end there.
 */
function splitInJapanese({ starts, dictionary }, at, before, after) {
  if (!dictionary || starts.has(at)) return undefined;
  if (/[\p{P}\p{Z}A-Za-z0-9]/u.test(before) || /[A-Za-z0-9]/.test(after)) return undefined;
  // The dictionary joins て with the verb after it.
  if (!dictionary.has(at) && before !== 'て') return 'word';
  return /\p{Script=Hiragana}/u.test(after) && !JOINT.test(before) ? 'word' : undefined;
}

function isTitle({ wordOf, words: spokenWords }, at) {
  return TITLES.has(bare(spokenWords[wordOf[at - 1]].text));
}

function bare(text) {
  return text
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/^[^\p{L}\p{N}$€£]+|[^\p{L}\p{N}%]+$/gu, '');
}

function badAt(stream, at, language) {
  const { starts } = stream;
  if (language === 'en') return badInEnglish(stream, at);
  const isLatin = /[A-Za-z0-9]/.test(stream.clusters[at - 1]) && /[A-Za-z0-9]/.test(stream.clusters[at]);
  if (isLatin) return undefined;
  if (/\d/.test(stream.clusters[at - 1]) && UNITS_HAN[language].test(stream.clusters[at]))
    return 'inside a number';
  if (!starts.has(at)) return language === 'zh' ? 'inside a word' : 'inside a phrase';
  if (language === 'zh' && PARTICLES_ZH.includes(stream.clusters[at]) && isAlone(starts, at))
    return 'before a particle';
  return undefined;
}

function isAlone(starts, at) {
  return starts.has(at) && starts.has(at + 1);
}

function badInEnglish({ wordOf, words: spokenWords, isSentenceStart }, at) {
  const number = wordOf[at - 1];
  const [last, next] = [spokenWords[number], spokenWords[number + 1]];
  const [word, following] = [bare(last.text), bare(next.text)];
  if (ARTICLES.has(word)) return 'after an article';
  if (PREPOSITIONS.has(word)) return 'after a preposition';
  if (CONJUNCTIONS.has(word)) return 'after a conjunction';
  if (AUXILIARIES.has(word) && !(MAIN_VERBS.has(word) && AFTER_MAIN_VERB.has(following)))
    return 'after an auxiliary';
  if (SUBJECTS.has(word) || (EITHER.has(word) && VERBS_AFTER.has(following))) return 'after a subject';
  if (
    (isNumber(word) && isNumber(following)) ||
    ((isNumber(word) || /\d$/.test(word)) && MAGNITUDES.has(following))
  )
    return 'inside a number';
  if (/^[$€£]?\d[\d.,]*$/.test(word) && UNITS.has(following)) return 'inside a number';
  if (isCapital(next.text) && TITLES.has(word)) return 'inside a name';
  if (isCapital(last.text) && isCapital(next.text) && !isSentenceStart[last.from]) return 'inside a name';
  return undefined;
}

function isNumber(word) {
  return /^[$€£]?\d[\d.,]*$/.test(word) || word.split('-').every((part) => NUMBER_WORDS.has(part));
}

function isCapital(text) {
  return /^[("“‘']*\p{Lu}/u.test(text) && !/^I(?:['’].*)?$/u.test(text);
}

/** Positions, without white space, where a Chinese word or a Japanese phrase begins. */
function wordStarts(text, language) {
  if (language === 'en') return new Set([0]);
  if (language === 'ja') return afterParticles(positions(japanese.parse(text)), text);
  return positions(segments(text, language).map(({ segment }) => segment));
}

/** A phrase that begins with a particle after a bracket begins after the particle: 「…」と|言う. */
function afterParticles(starts, text) {
  const characters = clustersOf(text.replaceAll(/\s/gu, ''));
  for (const [index, character] of characters.entries()) {
    if (!/[」』）]/.test(character)) continue;
    let end = index + 1;
    while (/[とってはがをにもの]/.test(characters[end] ?? '')) end += 1;
    if (end === index + 1) continue;
    starts.delete(index + 1);
    starts.add(end);
  }
  return starts;
}

/** Where the parts of a text begin, and where the last one ends, without white space. */
function positions(parts) {
  const starts = new Set([0]);
  let at = 0;
  for (const part of parts) {
    starts.add(at);
    at += clustersOf(part.replaceAll(/\s/gu, '')).length;
  }
  return starts.add(at);
}

function segments(text, language) {
  if (!words.has(language)) words.set(language, new Intl.Segmenter(language, { granularity: 'word' }));
  return Array.from(words.get(language).segment(text));
}

/** @returns A function that counts the words between two positions; 2 stands for more. */
export function wordCounter({ clusters, wordOf, hasSpace, language }) {
  if (language === 'en') return (from, to) => Math.min(2, wordOf[to - 1] - wordOf[from] + 1);
  const known = new Map();
  return (from, to) => {
    if (to - from > 12) return 2;
    const key = from * 16 + (to - from);
    if (!known.has(key)) {
      const text = clusters
        .slice(from, to)
        .map((cluster, index) => (hasSpace[from + index] ? ` ${cluster}` : cluster));
      known.set(key, segments(text.join(''), language).filter(({ isWordLike }) => isWordLike).length);
    }
    return known.get(key);
  };
}
