/** Bits of a WAV channel mask, in the order in which channels are stored. Source: Microsoft, WAVEFORMATEXTENSIBLE. */
export const SPEAKER = {
  frontLeft: 0x1,
  frontRight: 0x2,
  frontCentre: 0x4,
  lowFrequency: 0x8,
  backLeft: 0x10,
  backRight: 0x20,
  frontLeftOfCentre: 0x40,
  frontRightOfCentre: 0x80,
  backCentre: 0x100,
  sideLeft: 0x200,
  sideRight: 0x400,
} as const;

/** FFmpeg's weights of the speakers in a mono mix, before they are scaled to a sum of 1. Any other speaker has 0.5. */
const WEIGHTS: ReadonlyMap<number, number> = new Map([
  [SPEAKER.frontLeft, Math.SQRT1_2],
  [SPEAKER.frontRight, Math.SQRT1_2],
  [SPEAKER.frontCentre, 1],
  [SPEAKER.lowFrequency, 0],
  [SPEAKER.frontLeftOfCentre, Math.SQRT1_2],
  [SPEAKER.frontRightOfCentre, Math.SQRT1_2],
]);

/** Channels of interleaved audio and the speakers that they are meant for. */
export interface ChannelLayout {
  readonly channels: number;
  /** Channel mask of a WAV file; 0 when the source does not name the speakers. */
  readonly mask: number;
}

/** The speaker of each channel; undefined when the source does not name one for every channel. */
export function speakersOf({ channels, mask }: ChannelLayout): number[] | undefined {
  const speakers = Array.from({ length: 32 }, (_, bit) => 2 ** bit).filter((bit) => (mask & bit) !== 0);
  return speakers.length === channels ? speakers : undefined;
}

/**
 * Weight of each channel in a mono mix; the sum is 1. Channels without speakers are equal: FFmpeg would guess a layout
 * by their number, and leave out the channel that it takes for a subwoofer.
 */
export function mixWeights(layout: ChannelLayout): number[] {
  const speakers = speakersOf(layout);
  const weights = speakers?.map((speaker) => WEIGHTS.get(speaker) ?? 0.5) ?? [];
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 0) return Array.from({ length: layout.channels }, () => 1 / layout.channels);
  return weights.map((weight) => weight / sum);
}

/** Index of the centre channel of a layout with left, right and centre; undefined for any other layout. */
export function centreChannel(layout: ChannelLayout): number | undefined {
  const speakers = speakersOf(layout) ?? [];
  const { frontLeft, frontRight, frontCentre } = SPEAKER;
  const isSurround = speakers.includes(frontLeft) && speakers.includes(frontRight);
  const centre = speakers.indexOf(frontCentre);
  return isSurround && centre >= 0 ? centre : undefined;
}

const {
  frontLeft,
  frontRight,
  frontCentre,
  lowFrequency,
  backLeft,
  backRight,
  backCentre,
  sideLeft,
  sideRight,
} = SPEAKER;
const FRONT = frontLeft | frontRight;
const THREE = FRONT | frontCentre;
const BACK = backLeft | backRight;
const SIDE = sideLeft | sideRight;
const CENTRE_SIDES = SPEAKER.frontLeftOfCentre | SPEAKER.frontRightOfCentre;

/** FFmpeg's names of channel layouts. Source: libavutil/channel_layout. */
const LAYOUT_MASKS: Readonly<Record<string, number>> = {
  '2.1': FRONT | lowFrequency,
  '3.0': THREE,
  '3.0(back)': FRONT | backCentre,
  '3.1': THREE | lowFrequency,
  '4.0': THREE | backCentre,
  '4.1': THREE | backCentre | lowFrequency,
  quad: FRONT | BACK,
  'quad(side)': FRONT | SIDE,
  '5.0': THREE | BACK,
  '5.0(side)': THREE | SIDE,
  '5.1': THREE | BACK | lowFrequency,
  '5.1(side)': THREE | SIDE | lowFrequency,
  '6.0': THREE | SIDE | backCentre,
  '6.0(front)': FRONT | SIDE | CENTRE_SIDES,
  hexagonal: THREE | BACK | backCentre,
  '6.1': THREE | SIDE | backCentre | lowFrequency,
  '6.1(back)': THREE | BACK | backCentre | lowFrequency,
  '6.1(front)': FRONT | SIDE | CENTRE_SIDES | lowFrequency,
  '7.0': THREE | BACK | SIDE,
  '7.0(front)': THREE | SIDE | CENTRE_SIDES,
  '7.1': THREE | BACK | SIDE | lowFrequency,
  '7.1(wide)': THREE | BACK | CENTRE_SIDES | lowFrequency,
  '7.1(wide-side)': THREE | SIDE | CENTRE_SIDES | lowFrequency,
  octagonal: THREE | BACK | SIDE | backCentre,
};

/** Channel mask of a layout by FFmpeg's name; 0 for mono, stereo and layouts without a name. */
export function layoutMask(name: string): number {
  return LAYOUT_MASKS[name] ?? 0;
}
