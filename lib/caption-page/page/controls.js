import { label } from './labels.js';

const find = (id) => document.getElementById(id);

/** Shows a message, until the next one. */
export function notice(key, values) {
  find('notice').textContent = key === undefined ? '' : label(key, values);
}

/** Whether a button of the source had the focus before all of them were disabled. */
let hadFocus = false;

/** Shows the state of the source: which buttons can be used, and a text for it. */
export function showState(state) {
  find('state').textContent = label(`state-${state}`);
  if (state === 'lost') return;
  const [start, pause, stop] = ['start', 'pause', 'stop'].map(find);
  hadFocus ||= [start, pause, stop].includes(document.activeElement);
  start.disabled = state !== 'idle';
  const isOpen = ['running', 'pausing', 'paused'].includes(state);
  pause.disabled = !isOpen;
  stop.disabled = !isOpen;
  pause.textContent = label(state === 'paused' ? 'resume' : 'pause');
  // A disabled button loses the focus, and the next Tab would begin at the top of the page.
  const focused = document.activeElement;
  const next = [stop, start].find(({ disabled }) => !disabled);
  if (hadFocus && next && (focused === document.body || focused?.disabled)) next.focus();
  if (next) hadFocus = false;
}

/** Connects the controls that every page has. */
export function connectCommonControls({ transcript, settings, onLayout, onClear }) {
  find('smaller').addEventListener('click', () => changed(() => settings.resize(-1)));
  find('larger').addEventListener('click', () => changed(() => settings.resize(1)));
  const lineCount = find('line-count');
  const colours = find('colours');
  lineCount.value = String(settings.lines);
  colours.value = settings.colours;
  const language = find('language');
  language.value = settings.language;
  language.addEventListener('change', () => settings.set({ language: language.value }));
  lineCount.addEventListener('change', () => changed(() => settings.set({ lines: Number(lineCount.value) })));
  colours.addEventListener('change', () => changed(() => settings.set({ colours: colours.value })));
  find('full-screen').addEventListener('click', () => void toggleFullScreen());
  find('copy').addEventListener('click', () => void copyText(transcript.text));
  for (const format of ['srt', 'vtt', 'txt']) {
    find(`download-${format}`).addEventListener('click', () => void download(transcript, format));
  }
  find('clear').addEventListener('click', () => {
    if (transcript.isEmpty || confirm(label('clearQuestion'))) onClear();
  });

  function changed(change) {
    change();
    settings.apply();
    onLayout();
  }
}

/** Copies a text. Browsers give pages of other machines without HTTPS no clipboard. */
export async function copyText(text) {
  if (text === '') return notice('noText');
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  notice('copied');
}

async function download(transcript, format) {
  if (transcript.isEmpty) return notice('noText');
  try {
    await transcript.download(format);
    notice();
  } catch {
    notice('downloadFailed');
  }
}

async function toggleFullScreen() {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await find('stage').requestFullscreen?.();
}
