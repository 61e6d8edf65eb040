// The package has types, but its imports lack file extensions, so that TypeScript does not find them.
declare module 'media-captions' {
  export function parseText(
    text: string,
    options: { readonly type?: 'vtt' | 'srt' | 'ssa'; readonly strict?: boolean; readonly errors?: boolean },
  ): Promise<{
    readonly cues: readonly { readonly startTime: number; readonly endTime: number; readonly text: string }[];
    readonly errors: readonly Error[];
  }>;
}
