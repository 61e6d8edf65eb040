declare module 'prism-media/src/opus/OggDemuxer.js' {
  import type { Transform } from 'node:stream';

  /** Opus in Ogg → packets. */
  const OggDemuxer: new () => Transform;
  export default OggDemuxer;
}
