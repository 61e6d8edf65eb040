import { type ErrorCode, FunAsrError, messageOf, systemCode } from '../errors.ts';

/** One way in which the service fails a task: which code we give it, whether trying again may help, what to do. */
interface Failure {
  /** The service's `error_code`: whole, or up to a dot. */
  readonly codes?: readonly string[];
  /** Start of the service's `error_message`, where the code alone does not tell. */
  readonly message?: RegExp;
  readonly code: ErrorCode;
  readonly retryable?: boolean;
  readonly hint: string;
}

const CHECK_KEY =
  'Check the API key: it belongs to one region (intl or cn), and to one workspace if it is restricted.';
/** A server that closes with 1013 asks for some time. */
const TRY_LATER_MS = 1000;
const WAIT = 'Limits count per account and model. Lower the concurrency, or wait a minute.';

/** First match wins. Source: the official page of error codes, and messages that users published. */
const FAILURES: readonly Failure[] = [
  {
    codes: ['InvalidApiKey', 'NOT AUTHORIZED', 'Unauthorized'],
    code: 'E_AUTH',
    hint: CHECK_KEY,
  },
  {
    codes: [
      'AccessDenied',
      'Model.AccessDenied',
      'Workspace.AccessDenied',
      'Endpoint.AccessDenied',
      'Arrearage',
    ],
    code: 'E_FORBIDDEN',
    hint: 'Activate the model in the console, grant it to the workspace, and settle the account.',
  },
  {
    codes: ['AllocationQuota.FreeTierOnly'],
    code: 'E_FORBIDDEN',
    hint: 'The free quota is used up: switch paid use on in the console.',
  },
  // Its wording sounds like missing money, but it is a limit a minute that clears by itself.
  { codes: ['Throttling'], code: 'E_THROTTLED', retryable: true, hint: WAIT },
  {
    message: /rate limit|insufficient_quota|too many requests/i,
    code: 'E_THROTTLED',
    retryable: true,
    hint: WAIT,
  },
  {
    codes: ['EmptyAudio', 'NO_VALID_AUDIO_ERROR', 'NO_INPUT_AUDIO_ERROR'],
    code: 'E_NO_SPEECH',
    hint: 'If somebody speaks in it, the format or the sample rate does not match the audio.',
  },
  {
    codes: ['ResponseTimeout'],
    code: 'E_TIMEOUT',
    retryable: true,
    hint: 'A minute of silence ends a task unless heartbeat is on.',
  },
  {
    codes: ['CLIENT_ERROR'],
    message: /request timeout/i,
    code: 'E_TIMEOUT',
    retryable: true,
    hint: 'No audio came for 23 s: the source stalled.',
  },
  {
    codes: ['InternalError', 'SystemError', 'ModelServiceFailed', 'ModelUnavailable', 'ServiceUnavailable'],
    code: 'E_SERVER',
    retryable: true,
    hint: 'Try again later. If it fails at every start, check the host and the restrictions of the key.',
  },
  {
    message: /UNSUPPORTED_FORMAT|Failed to decode audio/,
    code: 'E_PARAM',
    hint: 'The bytes are not what format and sampleRate say: decode() them to PCM first.',
  },
  {
    codes: ['ModelNotFound', 'WorkSpaceNotFound'],
    code: 'E_PARAM',
    hint: 'Check the name and the region: fun-asr models lists them.',
  },
  { codes: ['NotFound'], code: 'E_PARAM', hint: 'Check the id of the vocabulary and its region.' },
  {
    codes: ['DataInspectionFailed'],
    code: 'E_PARAM',
    hint: 'The service refuses the content: sending it again does not help.',
  },
  {
    codes: ['InvalidParameter'],
    message: /language_hints/,
    code: 'E_LANGUAGE',
    hint: 'Fun-ASR in the cloud recognises zh, en and ja: set DASHSCOPE_API_KEY, or leave the language out.',
  },
  {
    message:
      /Please follow the protocol|Invalid payload data|task can not be null|decoded text message was too big/,
    code: 'E_PROTOCOL',
    hint: 'This is a defect of the client: please report it with the request id.',
  },
  { message: /url error/, code: 'E_ENDPOINT', hint: "Use the region's shared host, or another base URL." },
  { codes: ['InvalidParameter'], code: 'E_PARAM', hint: 'Check the option that the message names.' },
];

/** What a `task-failed` means, or a refusal over HTTP with a JSON body. */
export function serviceFailure(serviceCode: string, message: string, requestId?: string): FunAsrError {
  const failure = findFailure(serviceCode, message);
  const said = serviceCode && !message.includes(serviceCode) ? `${serviceCode}: ${message}` : message;
  return new FunAsrError(failure?.code ?? 'E_SERVER', `the service failed the task: ${said}`, {
    hint: failure?.hint,
    retryable: failure?.retryable,
    serviceCode: serviceCode || undefined,
    requestId,
  });
}

function findFailure(serviceCode: string, message: string): Failure | undefined {
  return FAILURES.find(
    ({ codes, message: pattern }) =>
      (codes === undefined ||
        codes.some((code) => serviceCode === code || serviceCode.startsWith(`${code}.`))) &&
      (pattern === undefined || pattern.test(`${serviceCode} ${message}`)),
  );
}

/** What it means that a server answered the upgrade with anything but 101. */
export function upgradeFailure(status: number, body: string, url: string, retryAfter?: string): FunAsrError {
  const { host } = new URL(url);
  return httpFailure(`${host} refused the connection`, status, body, {
    notFound: 'The base URL is the whole URL, and ends in /api-ws/v1/inference.',
    foreign: 'E_UPGRADE',
    retryAfter,
  });
}

/** What differs between an upgrade and a plain request that a server refuses. */
export interface HttpContext {
  /** What to do about a 404. */
  readonly notFound: string;
  /** When it seems not to be the service that answers. */
  readonly foreign: ErrorCode;
  /** The header `Retry-After`. */
  readonly retryAfter?: string | undefined;
}

/** What an answer over HTTP means that is no success. @param refused Who refused what. */
export function httpFailure(
  refused: string,
  status: number,
  body: string,
  { notFound, foreign, retryAfter }: HttpContext,
): FunAsrError {
  const { code: serviceCode, message, requestId } = readBody(body);
  const details = {
    serviceCode: serviceCode || undefined,
    requestId: requestId || undefined,
    retryAfterMs: readRetryAfter(retryAfter),
  };
  const said = `${refused} with HTTP ${status}${message && `: ${message}`}`;
  if (status === 401) return new FunAsrError('E_AUTH', said, { ...details, hint: CHECK_KEY });
  const known = serviceCode ? findFailure(serviceCode, message) : undefined;
  if (known && status < 500) {
    const { code, hint, retryable } = known;
    return new FunAsrError(code, said, { ...details, hint, retryable });
  }
  if (status === 403) {
    return new FunAsrError('E_FORBIDDEN', said, {
      ...details,
      hint: 'Check the rights of the key and the workspace.',
    });
  }
  if (status === 404) {
    return new FunAsrError('E_ENDPOINT', said, {
      ...details,
      hint: notFound,
    });
  }
  if (status === 429)
    return new FunAsrError('E_THROTTLED', said, { ...details, hint: WAIT, retryable: true });
  if (status >= 500) {
    return new FunAsrError('E_SERVER', said, { ...details, hint: 'Try again later.', retryable: true });
  }
  if (serviceCode) return new FunAsrError('E_SERVER', said, details);
  return new FunAsrError(foreign, said, {
    ...details,
    hint: 'A proxy or another server seems to answer in its place: check the base URL. Redirects are never followed.',
  });
}

/** What an error of the network below the service means. */
export function networkFailure(cause: unknown, url: string, requestId?: string): FunAsrError {
  // A proxy has said what is wrong already.
  if (cause instanceof FunAsrError) return cause;
  // The bytes that Node could not read as HTTP: they may repeat what was sent, and so the key.
  if (cause instanceof Error && 'rawPacket' in cause) delete cause.rawPacket;
  const { hostname, host } = new URL(url);
  const system = systemCode(cause) ?? '';
  const details = { cause, requestId };
  if (system === 'ENOTFOUND' || system === 'EAI_AGAIN') {
    return new FunAsrError('E_DNS', `the name ${hostname} cannot be resolved (${system})`, {
      ...details,
      // Some systems say of a name that it does not exist when they are only offline.
      retryable: true,
      hint: 'Check the network and the base URL.',
    });
  }
  if (isUntrusted(cause)) {
    return new FunAsrError('E_TLS', `no trusted connection to ${host}: ${messageOf(cause)}`, {
      ...details,
      hint: 'A proxy that inspects traffic needs its certificate in NODE_EXTRA_CA_CERTS.',
    });
  }
  if (system.startsWith('WS_ERR_')) {
    // A byte may have been changed on the way.
    return new FunAsrError('E_PROTOCOL', `${host} broke the WebSocket protocol: ${messageOf(cause)}`, {
      ...details,
      retryable: true,
    });
  }
  return new FunAsrError('E_CONNECT', `${host} cannot be reached: ${messageOf(cause) || system}`, {
    ...details,
    retryable: true,
    hint: 'Check the network, a proxy or firewall on the way, and the base URL.',
  });
}

/** Whether it is the certificate or the encryption that is wrong: trying again does not help. */
export function isUntrusted(cause: unknown): boolean {
  return /CERT|TLS|SSL|VERIFY|EPROTO/.test(systemCode(cause) ?? '');
}

/** What an error on an open connection means. Its other side was trusted when it was opened. */
export function breakFailure(cause: unknown, url: string, requestId: string): FunAsrError {
  if (!isUntrusted(cause)) return networkFailure(cause, url, requestId);
  const said = `the encrypted connection to ${new URL(url).host} broke: ${messageOf(cause)}`;
  return new FunAsrError('E_CONNECTION_LOST', said, {
    cause,
    requestId,
    retryable: true,
    hint: 'Something on the way seems to change what is sent: check a proxy.',
  });
}

/** Whether a close code says that the other side could not read what we sent. Source: RFC 6455, section 7.4.1. */
export function isProtocolClose(closeCode: number): boolean {
  return [1002, 1003, 1007, 1009].includes(closeCode);
}

/** What a close frame, or a socket that ended without one (1006), means in the middle of a task. */
export function closeFailure(closeCode: number, reason: string, requestId: string): FunAsrError {
  const said = `the connection was closed in the middle of a task (${closeCode}${reason && ` ${reason}`})`;
  if (isProtocolClose(closeCode)) {
    // A bit that was flipped on the way leads to such a close, too: one more try is worth it.
    return new FunAsrError('E_PROTOCOL', said, {
      requestId,
      retryable: true,
      hint: 'Please report it with the request id.',
    });
  }
  if (closeCode === 1008) return new FunAsrError('E_FORBIDDEN', said, { requestId, hint: CHECK_KEY });
  return new FunAsrError('E_CONNECTION_LOST', said, {
    requestId,
    retryable: true,
    retryAfterMs: closeCode === 1013 ? TRY_LATER_MS : undefined,
    hint: 'Try again.',
  });
}

/** Seconds, or a date. Source: RFC 9110, section 10.2.3. */
function readRetryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function readBody(body: string): { code: string; message: string; requestId: string } {
  const fields = parseFields(body);
  const read = (name: string) => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  return { code: read('code'), message: read('message'), requestId: read('request_id') };
}

function parseFields(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
