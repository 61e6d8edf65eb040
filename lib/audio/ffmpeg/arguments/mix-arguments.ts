/** How FFmpeg mixes the channels of a source. */
export interface MixCommand {
  /** Number of channels of the output. @default those of the source */
  readonly channels?: number | undefined;
  /** Number of channels of a source that names no speakers for them: they are mixed equally. */
  readonly unnamed?: number | undefined;
}

/** The filter that mixes; undefined when FFmpeg's own mix, by `-ac`, is right. */
export function mixFilter({ channels, unnamed }: MixCommand): string | undefined {
  if (channels === undefined || unnamed === undefined || channels > 2) return undefined;
  const average = Array.from({ length: unnamed }, (_, index) => `${1 / unnamed}*c${index}`).join('+');
  return channels === 1 ? `pan=mono|c0=${average}` : `pan=stereo|c0=${average}|c1=${average}`;
}
