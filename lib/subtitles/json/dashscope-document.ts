import { jsonLine } from '../../core/json-line.ts';
import type { FinalSentence } from '../../sentence.ts';
import { channelOf, JoinedText, type JsonDocument, languageIn, speakerIn, validMs } from './json-document.ts';

interface Transcript {
  readonly channel: number;
  readonly text: JoinedText;
  /** The sentences, as JSON. Those of the first channel are written when they arrive. */
  readonly held: string[];
}

/** The document of DashScope's file transcription: a transcript for each channel. */
export function dashscopeDocument(): JsonDocument {
  const transcripts: Transcript[] = [];
  return {
    head: '{"file_url":null,"transcripts":[',
    sentence(sentence) {
      const channel = channelOf(sentence);
      const known = transcripts.find((transcript) => transcript.channel === channel);
      const transcript = known ?? { channel, text: new JoinedText(), held: [] };
      if (!known) transcripts.push(transcript);
      transcript.text.add(sentence.text);
      const json = `\n${jsonLine(sentenceObject(sentence))}`;
      if (transcript === transcripts[0]) return known ? `,${json}` : begin(channel) + json;
      transcript.held.push(json);
      return '';
    },
    end() {
      const [first, ...rest] = transcripts;
      const parts = rest.map((part) => `,${begin(part.channel)}${part.held.join(',')}${finish(part)}`);
      const properties = {
        audio_format: null,
        channels: transcripts.map(({ channel }) => channel).toSorted((one, other) => one - other),
        original_sampling_rate: null,
        original_duration_in_milliseconds: null,
      };
      return `${first ? finish(first) : ''}${parts.join('')}\n],"properties":${jsonLine(properties)}}\n`;
    },
  };
}

function begin(channel: number): string {
  return `\n{"channel_id":${channel},"sentences":[`;
}

function finish({ text }: Transcript): string {
  const rest = jsonLine({ text: String(text), content_duration_in_milliseconds: null });
  return `\n],${rest.slice(1)}`;
}

function sentenceObject(sentence: FinalSentence): object {
  const speaker = speakerIn(sentence, sentence.words[0]);
  const language = languageIn(sentence);
  return {
    begin_time: validMs(sentence.begin_time),
    end_time: validMs(sentence.end_time),
    sentence_id: sentence.sentence_id,
    ...(speaker !== undefined && { speaker_id: speaker }),
    ...(language !== undefined && { language }),
    text: sentence.text,
    words: sentence.words.map(({ begin_time, end_time, text, punctuation, speaker_id }) => ({
      begin_time: validMs(begin_time),
      end_time: validMs(end_time),
      text,
      punctuation,
      // Only when the service has numbered the speakers.
      ...(speaker_id !== null && speaker_id !== undefined && { speaker_id }),
    })),
  };
}
