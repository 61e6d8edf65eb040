/* The script of the report page. It runs in a browser, after hyperaudio-lite, with the data of `html-report.ts`. */
(() => {
  const { recordings, summary } = JSON.parse(document.getElementById('report-data').textContent);
  const list = document.getElementById('recordings');
  const matches = document.getElementById('matches');
  const search = document.getElementById('search');
  /** The recording whose transcript is open. */
  let open;

  /** Creates an element. All text is set as text, never as HTML. */
  function element(name, properties = {}, ...children) {
    const created = Object.assign(document.createElement(name), properties);
    created.append(...children);
    return created;
  }

  /** `1:02:03` */
  function clock(ms) {
    const seconds = Math.floor(ms / 1000);
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const shown = parts[0] > 0 ? parts : parts.slice(1);
    return shown.map((part, index) => (index === 0 ? part : String(part).padStart(2, '0'))).join(':');
  }

  /** Cuts the text of a sentence where its words begin. A word that is not found stays with the one before. */
  function wordsOf({ text, words, begin, end }) {
    const cuts = [];
    let from = 0;
    for (const word of words) {
      const at = text.indexOf(word.text.trim(), from);
      if (at < 0 || word.text.trim() === '') continue;
      cuts.push({ at: cuts.length === 0 ? 0 : at, begin: word.begin, end: word.end });
      from = at + word.text.trim().length;
    }
    if (cuts.length === 0) return [{ text, begin, end }];
    return cuts.map((cut, index) => ({ ...cut, text: text.slice(cut.at, cuts[index + 1]?.at) }));
  }

  function paragraph(sentence) {
    const { begin, speaker } = sentence;
    const time = element('time', {}, clock(begin));
    const voice = speaker ? [element('strong', {}, `${speaker}: `)] : [];
    const spans = wordsOf(sentence).map((word) => {
      const span = element('span', {}, word.text);
      span.dataset.m = Math.round(word.begin);
      span.dataset.d = Math.max(0, Math.round(word.end - word.begin));
      return span;
    });
    const made = element('p', { tabIndex: 0 }, time, ...voice, ...spans);
    made.dataset.begin = begin;
    return made;
  }

  function playAt(audio, ms) {
    audio.currentTime = ms / 1000;
    void audio.play().catch(() => {});
  }

  /** A click beside the words, Enter and Space play the sentence. A click on a word is handled by hyperaudio-lite. */
  function playSentences(transcript, audio) {
    const playIn = (target) => {
      const sentence = target.closest('p[data-begin]');
      if (sentence) playAt(audio, Number(sentence.dataset.begin));
      return sentence !== null;
    };
    transcript.addEventListener('click', ({ target }) => {
      if (target.dataset.m === undefined) playIn(target);
    });
    transcript.addEventListener('keydown', (event) => {
      if ((event.key === 'Enter' || event.key === ' ') && playIn(event.target)) event.preventDefault();
    });
  }

  function download(recording) {
    const url = URL.createObjectURL(new Blob([recording.srt], { type: 'application/x-subrip' }));
    const name = recording.name.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '');
    element('a', { href: url, download: `${name}.srt` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  async function copy(recording, button) {
    await navigator.clipboard.writeText(recording.srt);
    button.textContent = 'Copied';
    setTimeout(() => (button.textContent = 'Copy SRT'), 2000);
  }

  function close() {
    if (!open) return;
    open.viewer?.destroy();
    open.body.remove();
    open.toggle.ariaExpanded = 'false';
    open = undefined;
  }

  /** Shows the transcript of a recording beside its audio. */
  function show(recording, article, toggle) {
    close();
    const body = element('div');
    const transcript = element('section', { className: 'transcript', id: 'transcript' });
    transcript.append(...recording.sentences.map(paragraph));
    const audio = element('audio', { id: 'player', controls: true, preload: 'metadata' });
    const notice = element('p', { className: 'notice', hidden: true });
    audio.addEventListener('error', () => {
      notice.textContent = 'The audio is not where it was, or this browser cannot play it.';
      notice.hidden = false;
    });
    if (recording.audio === null) {
      notice.textContent = 'No audio file: the recording was read from standard input.';
      notice.hidden = false;
    } else {
      audio.src = recording.audio;
    }
    const copyButton = element('button', { type: 'button' }, 'Copy SRT');
    copyButton.addEventListener('click', () => copy(recording, copyButton));
    const downloadButton = element('button', { type: 'button' }, 'Download SRT');
    downloadButton.addEventListener('click', () => download(recording));
    const tools = recording.sentences.length > 0 ? [element('p', {}, copyButton, ' ', downloadButton)] : [];
    body.append(...(recording.audio === null ? [] : [audio]), notice, ...tools, transcript);
    article.append(body);
    toggle.ariaExpanded = 'true';
    open = { recording, body, toggle, audio };
    if (recording.audio !== null && recording.sentences.length > 0) {
      const options = {
        transcript: 'transcript',
        player: 'player',
        scrollContainer: document.scrollingElement,
      };
      open.viewer = new HyperaudioLite({ ...options, scrollOffset: 80 });
      playSentences(transcript, audio);
    }
  }

  function factsOf({ status, durationMs, sentences, cost, speed }) {
    const facts = [
      clock(durationMs),
      sentences.length === 1 ? '1 sentence' : `${sentences.length} sentences`,
    ];
    if (cost !== null) facts.push(cost);
    if (speed !== null) facts.push(`${speed}× real time`);
    const badge = element('span', { className: `status-${status}` }, status);
    return element('p', { className: 'facts' }, badge, ` · ${facts.join(' · ')}`);
  }

  const articles = recordings.map((recording) => {
    const toggle = element('button', { type: 'button', ariaExpanded: 'false' }, recording.name);
    const article = element('article', {}, element('h2', {}, toggle), factsOf(recording));
    for (const line of recording.messages) article.append(element('p', { className: 'notice' }, line));
    toggle.addEventListener('click', () => {
      if (open?.recording === recording) close();
      else show(recording, article, toggle);
    });
    list.append(article);
    return { article, toggle };
  });

  /** A search shows so many matches. */
  const MOST_MATCHES = 200;

  function find(text) {
    const wanted = text.trim().toLocaleLowerCase();
    const found = [];
    for (const [index, recording] of wanted === '' ? [] : recordings.entries()) {
      for (const sentence of recording.sentences) {
        if (found.length === MOST_MATCHES) return found;
        if (sentence.text.toLocaleLowerCase().includes(wanted)) found.push({ index, recording, sentence });
      }
    }
    return found;
  }

  function showMatches() {
    const found = find(search.value);
    matches.hidden = search.value.trim() === '';
    const count = found.length === MOST_MATCHES ? `the first ${MOST_MATCHES}` : found.length;
    const buttons = found.map(({ index, recording, sentence }) => {
      const place = element('time', {}, `${recording.name} ${clock(sentence.begin)} `);
      const button = element('button', { type: 'button' }, place, sentence.text);
      button.addEventListener('click', () => {
        const { article, toggle } = articles[index];
        if (open?.recording !== recording) show(recording, article, toggle);
        const target = open.body.querySelector(`p[data-begin="${sentence.begin}"]`);
        target?.scrollIntoView({ block: 'center' });
        target?.focus({ preventScroll: true });
        if (recording.audio !== null) playAt(open.audio, sentence.begin);
      });
      return button;
    });
    matches.replaceChildren(
      element('p', { className: 'notice', role: 'status' }, `Matches: ${count}`),
      ...buttons,
    );
  }

  search.addEventListener('input', showMatches);
  document.getElementById('summary').textContent = summary;
})();
