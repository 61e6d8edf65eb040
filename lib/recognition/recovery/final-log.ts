import type { Endpoint } from '../../protocol/endpoint.ts';

interface LastFinal {
  readonly recording: symbol;
  readonly at: number;
}

/**
 * When the recognitions of this process last got a final sentence with words: proof that a service works. It keeps two
 * entries, the last final sentence and the last one of any other recognition.
 */
export class FinalLog {
  #last: LastFinal | undefined;
  #lastOfOther: LastFinal | undefined;

  add(recording: symbol, at: number): void {
    if (this.#last && this.#last.recording !== recording) this.#lastOfOther = this.#last;
    this.#last = { recording, at };
  }

  /** Whether another recognition than this one got a final sentence since. */
  hasOtherSince(recording: symbol, since: number): boolean {
    const other = this.#last?.recording === recording ? this.#lastOfOther : this.#last;
    return other !== undefined && other.at > since;
  }
}

const logs = new Map<string, FinalLog>();

/** The one log of this process for an account and a model. */
export function finalLogFor({ quota }: Pick<Endpoint, 'quota'>, model: string): FinalLog {
  const name = `${quota} ${model}`;
  const log = logs.get(name) ?? new FinalLog();
  logs.set(name, log);
  return log;
}
