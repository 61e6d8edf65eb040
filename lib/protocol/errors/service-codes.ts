/**
 * Values of `error_code` that the client handles and the local service uses: in `task-failed`, and as `code` in the JSON
 * body of an HTTP error. Source: the official page of error codes, and messages that users published.
 */
export const SERVICE_CODES = {
  // Credentials and rights
  invalidApiKey: 'InvalidApiKey',
  notAuthorized: 'NOT AUTHORIZED',
  unauthorized: 'Unauthorized',
  accessDenied: 'AccessDenied',
  modelAccessDenied: 'Model.AccessDenied',
  workspaceAccessDenied: 'Workspace.AccessDenied',
  endpointAccessDenied: 'Endpoint.AccessDenied',
  unpaidBill: 'Arrearage',
  freeQuotaUsedUp: 'AllocationQuota.FreeTierOnly',
  contentRefused: 'DataInspectionFailed',
  // The request
  invalidParameter: 'InvalidParameter',
  notFound: 'NotFound',
  modelNotFound: 'ModelNotFound',
  workspaceNotFound: 'WorkSpaceNotFound',
  unsupportedFormat: 'UNSUPPORTED_FORMAT',
  // Limits
  throttling: 'Throttling',
  rateQuota: 'Throttling.RateQuota',
  concurrency: 'Throttling.Concurrency',
  // The audio
  emptyAudio: 'EmptyAudio',
  noValidAudio: 'NO_VALID_AUDIO_ERROR',
  noInputAudio: 'NO_INPUT_AUDIO_ERROR',
  /** No audio arrived for 23 s. The code has other meanings too, so the message decides. */
  clientError: 'CLIENT_ERROR',
  /** 60 s of silent audio without `heartbeat`. */
  responseTimeout: 'ResponseTimeout',
  // The service itself
  internalError: 'InternalError',
  systemError: 'SystemError',
  modelServiceFailed: 'ModelServiceFailed',
  modelUnavailable: 'ModelUnavailable',
  serviceUnavailable: 'ServiceUnavailable',
} as const;

/** Values of `error_message` that the client recognizes and the local service sends, word for word. */
export const SERVICE_MESSAGES = {
  invalidPayload: 'Invalid payload data',
  invalidTask: 'task can not be null',
  messageTooBig:
    'The decoded text message was too big for the output buffer and the endpoint does not support partial messages',
  missingParameter: (field: string): string =>
    `Missing required parameter '${field}'! Please follow the protocol!`,
  invalidApiKey: 'Invalid API-key provided.',
  modelNotFound: 'Model can not be found.',
  notFound: 'Not found!',
  noAudio: 'request timeout after 23 seconds.',
  responseTimeout: 'Response timeout!',
  undecodable: 'Failed to decode audio',
} as const;
