import type { FunAsrError } from '../../core/errors.ts';
import { SERVICE_CODES } from '../../protocol/errors/service-codes.ts';
import type { FailureKind } from '../task/task.ts';

/** A task that did not finish, or did not start. */
export interface Failure {
  readonly error: FunAsrError;
  readonly kind: FailureKind | undefined;
}

/**
 * Why a task failed, as far as the next task depends on it:
 * - `key`: the key was not accepted
 * - `no-audio`: the service received no audio for too long
 * - `silence`: the service received only silence for too long
 * - `no-speech`: the service found no speech in what it received
 * - `protocol`: a close code that says that the client broke the protocol
 * - `service`: the service itself failed the task, and the audio may be the reason
 * - `other`: a lost connection, a timeout of the client, a throttle
 */
export type FailureCause = 'key' | 'no-audio' | 'silence' | 'no-speech' | 'protocol' | 'service' | 'other';

/**
 * Codes of an engine that lost its own server: the service of this process reports them as a task that failed, although
 * the audio is not the reason.
 */
const CONNECTION_CODES: readonly string[] = [
  'E_DNS',
  'E_CONNECT',
  'E_PROXY',
  'E_CONNECTION_LOST',
  'E_TIMEOUT',
];

/** The cause of a failure. */
export function causeOf({ error: { code, serviceCode }, kind }: Failure): FailureCause {
  if (code === 'E_AUTH') return 'key';
  if (code === 'E_NO_SPEECH') return 'no-speech';
  if (code === 'E_TIMEOUT' && serviceCode === SERVICE_CODES.clientError) return 'no-audio';
  if (code === 'E_TIMEOUT' && serviceCode === SERVICE_CODES.responseTimeout) return 'silence';
  if (kind === 'protocol') return 'protocol';
  if (serviceCode === undefined && CONNECTION_CODES.includes(code)) return 'other';
  return kind === 'task-failed' && code !== 'E_THROTTLED' ? 'service' : 'other';
}
