/** Speech recognition for LiveKit Agents: the public interface of `fun-asr-streams/livekit`. */
export { STT, type SttOptions } from './stt.ts';
