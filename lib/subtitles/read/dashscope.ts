import {
  badTranscript,
  type JsonObject,
  msOf,
  objectsOf,
  type ReadSentence,
  type ReadWord,
  speakerIdIn,
  trimmedText,
} from './transcript-values.ts';

/** Whether a document is the result of DashScope's file transcription. */
export function isDashscope({ transcripts }: JsonObject): boolean {
  return Array.isArray(transcripts);
}

/** Reads the document: a transcript for each channel. */
export function readDashscope(document: JsonObject, place: string): ReadSentence[] {
  const transcripts = objectsOf(document.transcripts) ?? [];
  const isSplit = transcripts.length > 1;
  return transcripts.flatMap((transcript, position) => {
    const sentences = objectsOf(transcript.sentences) ?? [];
    if (sentences.length === 0 && trimmedText(transcript.text) !== '')
      throw badTranscript(place, `transcript ${position} has no sentences, so that no times are known`);
    const channel = typeof transcript.channel_id === 'number' ? transcript.channel_id : position;
    return sentences.map((sentence, index): ReadSentence => {
      const beginMs = msOf(sentence.begin_time);
      const endMs = msOf(sentence.end_time);
      if (typeof sentence.text !== 'string' || beginMs === undefined || endMs === undefined)
        throw badTranscript(place, `sentence ${index} needs a text, and begin_time and end_time in ms`);
      return {
        text: sentence.text.trim(),
        beginMs,
        endMs,
        words: (objectsOf(sentence.words) ?? []).map(wordOf),
        speaker: speakerIdIn(sentence.speaker_id),
        channel: isSplit ? channel : undefined,
        language: trimmedText(sentence.language) || undefined,
      };
    });
  });
}

/** Spaces at the ends of a word are kept: they are the service's own. */
function wordOf({
  text,
  punctuation,
  begin_time: begin,
  end_time: end,
  speaker_id: id,
}: JsonObject): ReadWord {
  return {
    text: typeof text === 'string' ? text : '',
    punctuation: typeof punctuation === 'string' ? punctuation : '',
    beginMs: msOf(begin),
    endMs: msOf(end),
    speaker: speakerIdIn(id),
  };
}
