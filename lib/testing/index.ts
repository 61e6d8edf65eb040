/** What proves that a client of Fun-ASR loses nothing: the public surface of `fun-asr-streams/testing`. */
export { type RandomScriptOptions, randomScript } from './random-script.ts';
export type { Script, ScriptedSentence } from './script.ts';
export {
  renderAudio,
  selfDescribingAudio,
  type SelfDescribingAudioOptions,
} from './self-describing-audio.ts';
export { exactEngine, type ExactEngineOptions } from './exact-engine.ts';
export type { Span } from './heard.ts';
export { compare, type Comparison, type ReceivedSentence } from './compare.ts';
export { type Fault, FAULT_KINDS, type FaultInfo, type FaultKind, FAULTS, type Occasion } from './faults.ts';
export { formatFault, formatFaults, parseFaults } from './fault-spec.ts';
export { randomFaults, type RandomFaultsOptions } from './random-faults.ts';
export { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './fault-proxy.ts';
export {
  NETWORK_FAULTS,
  type NetworkFault,
  type NetworkFaultKind,
  randomNetworkFaults,
} from './network-faults.ts';
export { shrink } from './shrink.ts';
export { runTrial, type TrialClient, type TrialOptions, type Verdict } from './trial.ts';
export { startTestService, type TestService, type TestServiceOptions } from './test-service.ts';
export type { FiredFault } from './fault-injector.ts';
export type { ServiceLog, TaskRecord } from './service-log.ts';
