import { CaptionView } from './caption-view.js';
import { Connection, fetchConfig } from './connection.js';
import { connectCommonControls, copyText, notice, showState } from './controls.js';
import { applyLabels } from './labels.js';
import { Microphone } from './microphone.js';
import { Settings } from './settings.js';
import { Source } from './source.js';
import { Transcript } from './transcript.js';

const find = (id) => document.getElementById(id);
const address = new URLSearchParams(location.search);
const isOverlay = address.has('overlay');
const session = address.get('session') ?? undefined;

document.documentElement.classList.toggle('overlay', isOverlay);
applyLabels();
hideToken();
const settings = new Settings(address);
settings.apply();
const view = new CaptionView(find('lines'));
view.setLineCount(settings.lines);
const transcript = new Transcript(find('transcript'));
/** Called when the screen has another size. */
let onResize = () => {};
/** Called when the user has deleted the text. */
let onClear = () => {};
connectCommonControls({
  transcript,
  settings,
  onLayout: () => {
    view.setLineCount(settings.lines);
    onResize();
  },
  onClear: () => {
    transcript.clear();
    view.show([]);
    onClear();
  },
});
window.addEventListener(
  'resize',
  debounced(() => onResize()),
);
window.addEventListener('beforeunload', (event) => {
  if (!transcript.isEmpty && !isOverlay) event.preventDefault();
});
await begin();

async function begin() {
  if (isOverlay || session) return watch();
  try {
    const config = await fetchConfig();
    if (config.hasMicrophone) useMicrophone(config.sampleRate);
    else watch();
  } catch {
    notice('refused-access');
  }
}

/** The microphone of this browser is the source. */
function useMicrophone(sampleRate) {
  let overlayLink = '';
  const source = new Source(
    {
      onState: (state) => {
        if (state === 'starting') notice();
        showState(state);
        void keepAwake(state === 'running');
        for (const id of ['clear', 'language']) find(id).disabled = state !== 'idle';
      },
      onCaption: (lines) => view.show(lines),
      onNotice: (key, { ms = 0, ...values } = {}) =>
        notice(key, { seconds: (ms / 1000).toFixed(1), ...values }),
      onConnection: (isOpen) => {
        if (isOpen) showState(source.state);
        else showState('lost');
      },
      onSession: (name) => {
        overlayLink = `${location.origin}/?overlay&session=${name}`;
        find('copy-link').disabled = false;
      },
    },
    transcript,
    () => view.size,
  );
  onResize = () => source.resize();
  onClear = () => {
    source.renew();
    find('copy-link').disabled = true;
  };
  find('source-bar').hidden = false;
  find('start').addEventListener(
    'click',
    () => void source.start(sampleRate, settings.language || undefined),
  );
  find('stop').addEventListener('click', () => void source.stop());
  find('pause').addEventListener('click', () => {
    if (source.state === 'paused') void source.resume();
    else void source.pause();
  });
  find('copy-link').addEventListener('click', () => void copyText(overlayLink));
  showState('idle');
  if (Microphone.isAvailable) return;
  find('start').disabled = true;
  notice('microphoneUnavailable');
}

/** Captions of another page, or of the server. */
function watch() {
  let shown;
  const connection = new Connection({
    onOpen: () => connection.send({ type: 'view', session, ...view.size }),
    onMessage: (message) => {
      if (message.type === 'caption') view.show(message.lines);
      else if (message.type === 'sentence') transcript.add(message.sentence);
      else if (message.type === 'ready' && message.session !== shown) {
        // Another session: its times begin at 0 again.
        if (shown !== undefined) transcript.clear();
        shown = message.session;
      }
      showState('viewing');
    },
    onLost: () => showState('viewing-lost'),
    onRefused: (reason) => notice(`refused-${reason}`),
  });
  onResize = () => connection.send({ type: 'size', ...view.size });
  for (const id of ['copy-link', 'clear']) find(id).hidden = true;
  showState('viewing');
  void connection.open();
}

/** Removes the token of the service from the address bar: the browser keeps it in a cookie. */
function hideToken() {
  if (!address.has('token')) return;
  const others = new URLSearchParams(address);
  others.delete('token');
  // Without a value, `overlay` would become `overlay=`.
  const query = others.toString().replace(/\boverlay=(?=&|$)/, 'overlay');
  history.replaceState(undefined, '', query === '' ? '/' : `/?${query}`);
}

let wakeLock;

/** Keeps the screen of a phone on while captions are made. */
async function keepAwake(isRunning) {
  try {
    if (isRunning) wakeLock ??= await navigator.wakeLock?.request('screen');
    else await wakeLock?.release();
    if (!isRunning) wakeLock = undefined;
  } catch {
    // The battery is low, or the page is not visible.
  }
}

/** Delays a function until 200 ms after its last call. */
function debounced(run) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => run(), 200);
  };
}
