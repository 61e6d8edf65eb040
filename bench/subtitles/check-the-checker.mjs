// Cues with planted faults: a checker that misses one would make every writer look good.
import { deepStrictEqual } from 'node:assert';
import { check, streamOf } from './check.mjs';
import { optimum } from './optimum.mjs';
import { passagesOf, spoken } from './passages.mjs';
import { rulesIn } from './rules.mjs';

/** One word each 400 ms, a pause of `pauseMs` after each line. */
function evenly(language, lines, pauseMs = 1000) {
  const middle = { integer: (from, to) => Math.floor((from + to) / 2) };
  let time = 0;
  return spoken(lines, language, middle, 0).map((sentence) => {
    const words = sentence.words.map((word) => {
      time += 400;
      return { ...word, begin_time: time - 400, end_time: time };
    });
    time += pauseMs;
    return { ...sentence, words, begin_time: words[0].begin_time, end_time: words.at(-1).end_time };
  });
}

const EN = [
  'The council of New York met on Monday to vote.',
  'It said no to 5 million people who had asked for it.',
];
const ZH = ['我们今天统一学习人工智能。', '他说：“明天见。”'];
const JA = ['今日は天気がいいですね。'];
const JA_QUOTE = ['「いい天気」と笑うだけでした。'];
const UNIT_EN = ['So we leave at least 15 kilograms in every single hive.'];
const UNIT_ZH = ['他们昨天一共卖出了5000个新的机器人给学校用。'];
// Language, lines, cues as [start, end, ...lines], and the rules that each one breaks.
const CASES = [
  [
    'en',
    UNIT_EN,
    [[0, 4400, 'So we leave at least 15', 'kilograms in every single hive.']],
    [['line-break']],
  ],
  ['zh', UNIT_ZH, [[0, 6800, '他们昨天一共卖出了5000', '个新的机器人给学校用。']], [['line-break']]],
  [
    'en',
    EN,
    [
      [0, 4000, 'The council of New York', 'met on Monday to vote.'],
      [5000, 9800, 'It said no to 5 million people', 'who had asked for it.'],
    ],
    [[], []],
  ],
  [
    'en',
    EN,
    [
      [0, 4000, 'The council of New', 'York met on Monday to vote.'],
      [5000, 9800, 'It said no to 5', 'million people who had asked for it.'],
    ],
    [['line-break'], ['line-break']],
  ],
  [
    'en',
    EN,
    [
      [0, 4500, 'The council of New York met on Monday to vote.'],
      [5000, 9800, 'It said no to 5 million people', 'who had asked for it.'],
    ],
    [['width', 'open-gap'], []],
  ],
  [
    'en',
    EN,
    [
      [0, 1600, 'The council of'],
      [1600, 4000, 'New York met on Monday to vote.'],
      [5000, 13500, 'It said no to 5 million people', 'who had asked for it.'],
    ],
    [['gap', 'cue-break'], ['start'], ['long', 'end']],
  ],
  [
    'en',
    EN,
    [
      [0, 3117, 'The council of New York met on Monday'],
      [3200, 4000, 'to vote.'],
      [5000, 5200, 'It said'],
      [5800, 9800, 'no to 5 million people', 'who had asked for it.'],
    ],
    [[], ['short'], ['speed', 'short'], []],
  ],
  [
    'en',
    EN,
    [
      [0, 4000, 'The', 'council of New York met', 'on Monday to vote.'],
      [3900, 9800, 'It said no', 'to 5 million people who had asked for it.'],
    ],
    [
      ['lines', 'line-break', 'overlap'],
      ['balance', 'start'],
    ],
  ],
  [
    'zh',
    ZH,
    [
      [0, 5000, '我们今天统', '一学习人工智能。'],
      [5800, 7800, '他说：', '“明天见。”'],
    ],
    [['line-break', 'two-lines'], ['two-lines']],
  ],
  [
    'zh',
    ZH,
    [
      [0, 4800, '我们今天统一学习人工智能。'],
      [5800, 6600, '他说：“'],
      [6600, 7800, '明天见。”'],
    ],
    [[], ['short', 'gap', 'kinsoku', 'split'], []],
  ],
  ['ja', JA, [[0, 4400, '今日は天', '気がいいですね。']], [['split', 'two-lines']]],
  ['ja', JA_QUOTE, [[0, 4800, '「いい天気」と', '笑うだけでした。']], [[]]],
  ['ja', JA_QUOTE, [[0, 4800, '「いい天気」', 'と笑うだけでした。']], [['line-break']]],
  [
    'ja',
    JA,
    [
      [0, 3600, '今日は天気がいいで'],
      [3600, 4400, 'すね。'],
    ],
    [['split'], ['orphan']],
  ],
];

/** @throws {Error} When the checker or the optimal cutter is wrong. */
export function checkTheChecker() {
  for (const [language, lines, cues, expected] of CASES) {
    const stream = streamOf(evenly(language, lines), language);
    const result = check(
      stream,
      cues.map(([start, end, ...text]) => ({ start, end, lines: text })),
    );
    deepStrictEqual(result.damage, undefined);
    deepStrictEqual(
      result.cues.map(({ bits }) => rulesIn(bits).toSorted()),
      expected.map((rules) => rules.toSorted()),
    );
  }
  const stream = streamOf(evenly('en', EN, 1600), 'en');
  const result = check(stream, [{ start: 0, end: 6000, lines: ['It said yes.'] }]);
  if (!result.damage) throw new Error('changed text was not noticed');
  for (const language of ['en', 'zh', 'ja']) {
    for (const passage of passagesOf(language, 'tuning')) {
      const measured = streamOf(passage, language);
      deepStrictEqual(
        optimum(measured).reduce((at, { from, to }) => (from === at ? to : -1), 0),
        measured.clusters.length,
      );
    }
  }
}
