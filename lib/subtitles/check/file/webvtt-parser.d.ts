/** The parts of the package that are used. It has no types of its own. */
declare module 'webvtt-parser' {
  export interface WebVTTError {
    readonly message: string;
    /** From 1. */
    readonly line: number;
    /** In a line of times, or in the text of a cue. */
    readonly col?: number;
  }
  class WebVTTParser {
    parse(
      input: string,
      mode?: string,
    ): {
      /** Times in seconds. */
      readonly cues: readonly {
        readonly startTime: number;
        readonly endTime: number;
        readonly text: string;
      }[];
      readonly errors: readonly WebVTTError[];
    };
  }
  const exported: { readonly WebVTTParser: typeof WebVTTParser };
  export default exported;
}
