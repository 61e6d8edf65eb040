/** Tests whether a client of Fun-ASR loses or repeats anything: the public interface of `fun-asr-streams/testing`. */
export { type RandomScriptOptions, randomScript } from './audio/random-script.ts';
export type { Script, ScriptedSentence } from './audio/script.ts';
export {
  renderAudio,
  selfDescribingAudio,
  type SelfDescribingAudioOptions,
} from './audio/self-describing-audio.ts';
export type { TimeRange } from './audio/transcript-code.ts';
export { exactEngine, type ExactEngineOptions } from './engine/exact-engine.ts';
export type { FiredFault } from './faults/fault-injector.ts';
export {
  type Fault,
  FAULT_KINDS,
  type FaultInfo,
  type FaultKind,
  FAULTS,
  type FaultTrigger,
} from './faults/fault-kinds.ts';
export { formatFault, formatFaults, parseFaults } from './faults/fault-spec.ts';
export { randomFaults, type RandomFaultsOptions } from './faults/random-faults.ts';
export { shrink } from './faults/shrink.ts';
export { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './network/fault-proxy.ts';
export {
  NETWORK_FAULTS,
  type NetworkFault,
  type NetworkFaultInfo,
  type NetworkFaultKind,
  randomNetworkFaults,
  type RandomNetworkFaultsOptions,
} from './network/network-faults.ts';
export type { ServiceLog, TaskRecord } from './service-log.ts';
export { startTestService, type TestService, type TestServiceOptions } from './test-service.ts';
export { compare, type Comparison, type ReceivedSentence } from './trial/compare.ts';
export { runTrial, type TrialClient, type TrialOptions, type TrialResult } from './trial/trial.ts';
export type { Rule } from '../core/options.ts';
