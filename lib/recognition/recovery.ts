import { FunAsrError } from '../errors.ts';

/** The service has waited for audio: it is the source that paused, and there is nothing to do before it goes on. */
export function isPause({ code, serviceCode }: FunAsrError): boolean {
  return code === 'E_TIMEOUT' && serviceCode === 'CLIENT_ERROR';
}

/** The service has heard no speech for too long: sent again, the same silence would end the next task, too. */
export function isSilence({ code, serviceCode }: FunAsrError): boolean {
  return code === 'E_TIMEOUT' && serviceCode === 'ResponseTimeout';
}

/** The same failure, which says how often it was tried. */
export function gaveUp(error: FunAsrError, retries: number): FunAsrError {
  if (!error.retryable || retries < 1) return error;
  const { code, message, hint, requestId, serviceCode, retryable, retryAfterMs, cause } = error;
  return new FunAsrError(code, `${message} (given up after ${retries} retries)`, {
    hint,
    requestId,
    serviceCode,
    retryable,
    retryAfterMs,
    cause,
  });
}
