import { type ErrorCode, FunAsrError } from '../../core/errors.ts';
import { SERVICE_CODES as CODES, SERVICE_MESSAGES as MESSAGES } from './service-codes.ts';

/** One kind of error of the service: its code here, whether a retry may help, and what to do. */
export interface ServiceErrorKind {
  /** Values of `error_code`: the whole code, or its part before a dot. @default any */
  readonly codes?: readonly string[];
  /** Pattern in `error_code` and `error_message`, for errors that the code alone does not identify. */
  readonly message?: RegExp;
  readonly code: ErrorCode;
  readonly retryable?: boolean;
  readonly hint: string;
}

export const CHECK_KEY_HINT =
  'Check the API key: it belongs to one region (intl or cn), and to one workspace if it is restricted.';
/** Whether the service has refused a task because too many are running. */
export function isAboutConcurrency({ serviceCode }: FunAsrError): boolean {
  return serviceCode === CODES.concurrency;
}

export const THROTTLED_HINT = 'Limits count per account and model. Lower the concurrency, or wait a minute.';

/** The first match wins. Source: the official page of error codes, and messages that users published. */
const KINDS: readonly ServiceErrorKind[] = [
  {
    codes: [CODES.invalidApiKey, CODES.notAuthorized, CODES.unauthorized],
    code: 'E_AUTH',
    hint: CHECK_KEY_HINT,
  },
  {
    codes: [
      CODES.accessDenied,
      CODES.modelAccessDenied,
      CODES.workspaceAccessDenied,
      CODES.endpointAccessDenied,
      CODES.unpaidBill,
    ],
    code: 'E_FORBIDDEN',
    hint: 'Activate the model in the console, grant it to the workspace, and pay open bills.',
  },
  {
    codes: [CODES.freeQuotaUsedUp],
    code: 'E_FORBIDDEN',
    hint: 'The free quota is used up: switch paid use on in the console.',
  },
  { codes: [CODES.throttling], code: 'E_THROTTLED', retryable: true, hint: THROTTLED_HINT },
  {
    // "insufficient_quota" sounds like missing money, but it is a limit per minute that ends by itself.
    message: /rate limit|insufficient_quota|too many requests/i,
    code: 'E_THROTTLED',
    retryable: true,
    hint: THROTTLED_HINT,
  },
  {
    codes: [CODES.emptyAudio, CODES.noValidAudio, CODES.noInputAudio],
    code: 'E_NO_SPEECH',
    hint: 'If there is speech in the audio, its format or sample rate is not the declared one.',
  },
  {
    codes: [CODES.responseTimeout],
    code: 'E_TIMEOUT',
    retryable: true,
    hint: 'A minute of silence ends a task unless heartbeat is on.',
  },
  {
    codes: [CODES.clientError],
    message: /request timeout/i,
    code: 'E_TIMEOUT',
    retryable: true,
    hint: 'No audio arrived for 23 s: the source stalled.',
  },
  {
    codes: [
      CODES.internalError,
      CODES.systemError,
      CODES.modelServiceFailed,
      CODES.modelUnavailable,
      CODES.serviceUnavailable,
    ],
    code: 'E_SERVER',
    retryable: true,
    hint: 'Try again later. If it fails at every start, check the host and the restrictions of the key.',
  },
  {
    message: containing(CODES.unsupportedFormat, MESSAGES.undecodable),
    code: 'E_PARAM',
    hint: 'The bytes do not match the declared format and sample rate: decode them to PCM first.',
  },
  {
    codes: [CODES.modelNotFound, CODES.workspaceNotFound],
    code: 'E_PARAM',
    hint: 'Check the name and the region: `fun-asr models` lists them.',
  },
  { codes: [CODES.notFound], code: 'E_PARAM', hint: 'Check the id of the vocabulary and its region.' },
  {
    codes: [CODES.contentRefused],
    code: 'E_PARAM',
    hint: 'The service refuses the content: sending it again does not help.',
  },
  {
    codes: [CODES.invalidParameter],
    message: /language_hints/,
    code: 'E_LANGUAGE',
    hint: 'Fun-ASR in the cloud recognises zh, en and ja: set DASHSCOPE_API_KEY, or leave the language out.',
  },
  {
    message: containing(
      'Please follow the protocol',
      MESSAGES.invalidPayload,
      MESSAGES.invalidTask,
      'decoded text message was too big',
    ),
    code: 'E_PROTOCOL',
    hint: 'This is a defect of the client: please report it with the request id.',
  },
  { message: /url error/, code: 'E_ENDPOINT', hint: "Use the region's shared host, or another base URL." },
  { codes: [CODES.invalidParameter], code: 'E_PARAM', hint: 'Check the option that the message names.' },
];

/** Makes the error of a `task-failed` event. */
export function serviceError(serviceCode: string, message: string, requestId?: string): FunAsrError {
  const kind = findServiceErrorKind(serviceCode, message);
  const reason = serviceCode && !message.includes(serviceCode) ? `${serviceCode}: ${message}` : message;
  return new FunAsrError(kind?.code ?? 'E_SERVER', `the service failed the task: ${reason}`, {
    hint: kind?.hint,
    retryable: kind?.retryable,
    serviceCode: serviceCode || undefined,
    requestId,
  });
}

/** The kind of an error of the service; undefined for an unknown one. */
export function findServiceErrorKind(serviceCode: string, message: string): ServiceErrorKind | undefined {
  return KINDS.find(
    ({ codes, message: pattern }) =>
      (codes === undefined ||
        codes.some((code) => serviceCode === code || serviceCode.startsWith(`${code}.`))) &&
      (pattern === undefined || pattern.test(`${serviceCode} ${message}`)),
  );
}

/** Matches text that contains one of some words, none of which has special characters. */
function containing(...texts: readonly string[]): RegExp {
  return new RegExp(texts.join('|'));
}
