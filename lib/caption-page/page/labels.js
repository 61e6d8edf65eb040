const ENGLISH = {
  title: 'Live captions',
  start: 'Start',
  stop: 'Stop',
  pause: 'Pause',
  resume: 'Resume',
  captions: 'Captions',
  transcript: 'Transcript',
  smaller: 'Smaller text',
  larger: 'Larger text',
  lines: 'Lines',
  colours: 'Colours',
  whiteOnBlack: 'White on black',
  yellowOnBlack: 'Yellow on black',
  blackOnWhite: 'Black on white',
  language: 'Language',
  automatic: 'Automatic',
  english: 'English',
  chinese: 'Chinese',
  cantonese: 'Cantonese',
  japanese: 'Japanese',
  korean: 'Korean',
  fullScreen: 'Full screen',
  copy: 'Copy text',
  copyLink: 'Copy overlay link',
  clear: 'Clear',
  downloadSrt: 'Download SRT',
  downloadVtt: 'Download VTT',
  downloadTxt: 'Download TXT',
  'state-idle': 'Ready',
  'state-starting': 'Starting…',
  'state-running': 'Listening',
  'state-pausing': 'Paused',
  'state-paused': 'Paused',
  'state-stopping': 'Ready',
  'state-viewing': 'Showing captions',
  'state-lost': 'The connection is lost. What is said is kept and sent again.',
  'state-viewing-lost': 'The connection is lost.',
  copied: 'Copied.',
  clearQuestion: 'Delete all text of this page?',
  noText: 'There is no text yet.',
  downloadFailed: 'The file could not be made: the server cannot be reached, or refused it.',
  microphoneUnavailable:
    'The browser gives the microphone only to pages of this machine (http://127.0.0.1 or http://localhost). This page can show the captions of another one.',
  microphoneRefused:
    'The microphone is not allowed. Allow it in the settings of the browser, then start again.',
  microphoneMissing: 'No microphone was found, or another program uses it.',
  soundNotStarted:
    'The browser does not start to process sound. Connect speakers or headphones, or allow sound for this page, then start again.',
  startFailed: 'The microphone cannot be used: the server cannot be reached, or the browser is too old.',
  microphoneLost: 'The microphone was disconnected.',
  audioLost: 'The connection was lost for too long: {seconds} s of sound will be missing.',
  'refused-access': 'The server does not accept this page any more. Open it again with its token.',
  'refused-session': 'This service has a token: open the link of a session.',
  'refused-protocol': 'The server does not understand this page. Load it again.',
  'refused-replaced': 'Another page continues this session.',
  'refused-sources': 'Too many microphones are in use. Try again later.',
  server: '{text}',
};

const CHINESE = {
  title: '实时字幕',
  start: '开始',
  stop: '停止',
  pause: '暂停',
  resume: '继续',
  captions: '字幕',
  transcript: '文字记录',
  smaller: '缩小文字',
  larger: '放大文字',
  lines: '行数',
  colours: '颜色',
  whiteOnBlack: '黑底白字',
  yellowOnBlack: '黑底黄字',
  blackOnWhite: '白底黑字',
  language: '语言',
  automatic: '自动',
  english: '英语',
  chinese: '中文',
  cantonese: '粤语',
  japanese: '日语',
  korean: '韩语',
  fullScreen: '全屏',
  copy: '复制文字',
  copyLink: '复制叠加层链接',
  clear: '清空',
  downloadSrt: '下载 SRT',
  downloadVtt: '下载 VTT',
  downloadTxt: '下载 TXT',
  'state-idle': '就绪',
  'state-starting': '正在启动…',
  'state-running': '正在聆听',
  'state-pausing': '已暂停',
  'state-paused': '已暂停',
  'state-stopping': '就绪',
  'state-viewing': '正在显示字幕',
  'state-lost': '连接已断开。这期间的声音会保留，并在重新连接后发送。',
  'state-viewing-lost': '连接已断开。',
  copied: '已复制。',
  clearQuestion: '要删除此页面上的全部文字吗？',
  noText: '还没有文字。',
  downloadFailed: '无法生成文件：无法连接服务器，或者服务器拒绝了请求。',
  microphoneUnavailable:
    '浏览器只允许本机页面（http://127.0.0.1 或 http://localhost）使用麦克风。此页面可以显示其他页面的字幕。',
  microphoneRefused: '没有使用麦克风的权限。请在浏览器设置中允许使用麦克风，然后重新开始。',
  microphoneMissing: '没有找到麦克风，或者麦克风正被其他程序占用。',
  soundNotStarted: '浏览器没有开始处理声音。请连接扬声器或耳机，或者允许此页面播放声音，然后重新开始。',
  startFailed: '无法使用麦克风：无法连接服务器，或者浏览器版本过旧。',
  microphoneLost: '麦克风已断开。',
  audioLost: '连接断开的时间过长：将会缺少 {seconds} 秒的声音。',
  'refused-access': '服务器不再接受此页面。请用带有令牌的地址重新打开。',
  'refused-session': '此服务设置了令牌：请通过会话的链接打开页面。',
  'refused-protocol': '服务器无法理解此页面发送的内容。请刷新页面。',
  'refused-replaced': '此会话已转到另一个页面继续。',
  'refused-sources': '正在使用的麦克风过多。请稍后再试。',
  server: '{text}',
};

const isChinese = /^zh\b/i.test(navigator.language);
const LABELS = isChinese ? CHINESE : ENGLISH;

/** A text in the language of the browser. @param {Record<string, string | number>} [values] For its placeholders. */
export function label(key, values = {}) {
  return LABELS[key].replaceAll(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Writes all texts of the document in the language of the browser. */
export function applyLabels() {
  document.documentElement.lang = isChinese ? 'zh-CN' : 'en';
  document.title = label('title');
  for (const element of document.querySelectorAll('[data-label]')) {
    element.textContent = label(element.dataset.label);
  }
  for (const element of document.querySelectorAll('[data-name]')) {
    element.setAttribute('aria-label', label(element.dataset.name));
  }
}
