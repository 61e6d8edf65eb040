import type { FunAsrError } from '../../core/errors.ts';
import { joinTexts } from '../../core/text/join-text.ts';
import type { Backend } from '../../engines/backend.ts';
import type { Gap } from '../../recognition/events/diagnostics.ts';
import type { RecognitionMetrics } from '../../recognition/events/metrics.ts';
import type { FinalSentence } from '../../sentence.ts';
import { asJson, type GenerateResult, type Metadata, type Warning } from './specification.ts';

type Segment = GenerateResult['segments'][number];

/** Collects what a recognition emits, in the shapes of the AI SDK. */
export class Transcript {
  readonly #backend: Backend;
  readonly #sentences: FinalSentence[] = [];
  readonly #gaps: Gap[] = [];
  readonly warnings: Warning[] = [];
  metrics: RecognitionMetrics | undefined;
  reconnects = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  addSentence(sentence: FinalSentence): void {
    this.#sentences.push(sentence);
  }

  addGap(gap: Gap): void {
    this.#gaps.push(gap);
  }

  addWarning({ code, message }: FunAsrError): void {
    this.warnings.push({ type: 'other', message: `${code}: ${message}` });
  }

  get text(): string {
    return joinTexts(this.#sentences.map(({ text }) => text));
  }

  get segments(): Segment[] {
    return this.#sentences.map(({ text, begin_time, end_time }) => segment(text, begin_time, end_time));
  }

  /** Undefined when a sentence has no words. */
  get words(): Segment[] | undefined {
    if (this.#sentences.some(({ words, text }) => words.length === 0 && text !== '')) return undefined;
    return this.#sentences.flatMap(({ words }) =>
      words.map(({ text, begin_time, end_time }) => segment(text.trim(), begin_time, end_time)),
    );
  }

  get hasEstimatedTimes(): boolean {
    return this.#sentences.some(({ word_times }) => word_times === 'estimated');
  }

  /** The language of most of the text. @param hint What the caller has named. */
  language(hint: string | undefined): string | undefined {
    const lengths = new Map<string, number>();
    for (const { language, text } of this.#sentences) {
      if (language !== undefined) lengths.set(language, (lengths.get(language) ?? 0) + text.length);
    }
    const [longest] = [...lengths].sort(([, one], [, other]) => other - one);
    return longest?.[0] ?? hint;
  }

  /** @param isLive With the warnings, which came too late to be warnings of the call, and without the sentences. */
  metadata({ isLive }: { readonly isLive: boolean }): Metadata {
    const { name: engine, model } = this.#backend;
    const gaps = this.#gaps.map(({ begin_time, end_time, reason }) => {
      const { code, message } = reason;
      return { begin_time, end_time, reason: { code, message } };
    });
    const { reconnects, metrics, warnings } = this;
    const late = isLive ? { warnings } : { sentences: this.#sentences };
    return { funAsr: asJson({ engine, model, reconnects, gaps, metrics, ...late }) };
  }

  /** Seconds that the service has billed. The local engine bills nothing. */
  get usage(): { billedSeconds: number } {
    return { billedSeconds: this.#backend.name === 'cloud' ? (this.metrics?.billedSeconds ?? 0) : 0 };
  }
}

function segment(text: string, beginMs: number, endMs: number): Segment {
  return { text, startSecond: beginMs / 1000, endSecond: endMs / 1000 };
}
