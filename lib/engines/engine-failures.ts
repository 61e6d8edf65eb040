import { type ErrorCode, type FunAsrError } from '../core/errors.ts';

/** The account, the network or the installation of an engine fails: it can do no recording of the run. */
const OF_ALL_RECORDINGS: readonly ErrorCode[] = [
  'E_AUTH',
  'E_CONNECT',
  'E_DNS',
  'E_ENDPOINT',
  'E_ENGINE',
  'E_FORBIDDEN',
  'E_MODEL_MISSING',
  'E_NO_KEY',
  'E_PROXY',
  'E_TLS',
];

const OF_ONE_RECORDING: readonly ErrorCode[] = [
  'E_CONNECTION_LOST',
  'E_PROTOCOL',
  'E_SERVER',
  'E_SERVER_SPAN',
  'E_THROTTLED',
  'E_TIMEOUT',
  'E_UPGRADE',
];

/** Whether an engine can do no recording of the run, so that the next engine does all of them. */
export function endsEngine({ code }: FunAsrError): boolean {
  return OF_ALL_RECORDINGS.includes(code);
}

/** Whether an engine has failed, and not the recording or the options: the next engine may do it. */
export function isOfEngine(error: FunAsrError): boolean {
  return endsEngine(error) || OF_ONE_RECORDING.includes(error.code);
}
