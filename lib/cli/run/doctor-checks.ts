import { ffmpegWarning, findFfmpeg } from '../../audio/ffmpeg/find-ffmpeg.ts';
import { asFunAsrError, type FunAsrError } from '../../core/errors.ts';
import { loadSherpa } from '../../engines/local/runtime/sherpa.ts';
import { listModels } from '../../engines/models/model-store.ts';
import { isEndpointConfigured, resolveEndpoint } from '../../protocol/endpoint.ts';
import { Connection } from '../../recognition/connection/connection.ts';

/** Result of one check of `fun-asr doctor`. */
export interface Check {
  readonly name: 'node' | 'ffmpeg' | 'key' | 'cloud' | 'engine' | 'models';
  /** `warn`: it works with a restriction, or is not required. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do. Empty when nothing needs to be done. */
  readonly fix: string;
}

const CONNECT_MS = 5_000;
const MIN_NODE = [20, 19] as const;

/** Checks this machine, and the connection to the cloud when a key or an address is set. */
export async function* checks(): AsyncGenerator<Check> {
  yield checkNode(process.versions.node);
  yield await checkFfmpeg();
  const usesCloud = isEndpointConfigured({});
  yield checkKey();
  yield usesCloud ? await checkCloud() : NO_CLOUD;
  yield await checkEngine(usesCloud);
  yield await checkModels();
}

/** @internal */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minMajor, minMinor] = MIN_NODE;
  const isSupported = major > minMajor || (major === minMajor && minor >= minMinor);
  const fix = isSupported ? '' : `Install Node ${MIN_NODE.join('.')} or newer: https://nodejs.org`;
  return { name: 'node', status: isSupported ? 'ok' : 'fail', detail: version, fix };
}

async function checkFfmpeg(): Promise<Check> {
  try {
    const ffmpeg = await findFfmpeg();
    const warning = ffmpegWarning(ffmpeg);
    const detail = `${ffmpeg.version}, ${ffmpeg.path} (${ffmpeg.source})`;
    return { name: 'ffmpeg', status: warning ? 'warn' : 'ok', detail, fix: warning?.hint ?? '' };
  } catch (error) {
    return failed('ffmpeg', asFunAsrError(error));
  }
}

function checkKey(): Check {
  if (process.env['DASHSCOPE_API_KEY']) {
    return { name: 'key', status: 'ok', detail: 'DASHSCOPE_API_KEY is set', fix: '' };
  }
  return {
    name: 'key',
    status: 'warn',
    detail: 'DASHSCOPE_API_KEY is not set: the local engine is used',
    fix: 'To use the cloud, get a key: https://www.alibabacloud.com/help/en/model-studio/get-api-key',
  };
}

const NO_CLOUD: Check = { name: 'cloud', status: 'warn', detail: 'not checked: no API key is set', fix: '' };

/** Opens and closes a connection, which verifies the key. Starts no task, so that it costs nothing. */
async function checkCloud(): Promise<Check> {
  try {
    const endpoint = resolveEndpoint({});
    const connection = await Connection.open({
      endpoint,
      connectTimeoutMs: CONNECT_MS,
      pingIntervalMs: CONNECT_MS,
      signal: AbortSignal.timeout(CONNECT_MS * 2),
    });
    await connection.close();
    return { name: 'cloud', status: 'ok', detail: `${endpoint.url} accepts the key`, fix: '' };
  } catch (error) {
    return failed('cloud', asFunAsrError(error));
  }
}

async function checkEngine(usesCloud: boolean): Promise<Check> {
  try {
    await loadSherpa();
    return { name: 'engine', status: 'ok', detail: 'the local engine is installed', fix: '' };
  } catch (error) {
    const check = failed('engine', asFunAsrError(error));
    return usesCloud ? { ...check, status: 'warn' } : check;
  }
}

async function checkModels(): Promise<Check> {
  const models = await listModels();
  const ready = models.filter(({ state }) => state === 'ready').map(({ name }) => name);
  if (ready.length > 0) {
    return { name: 'models', status: 'ok', detail: `installed: ${ready.join(', ')}`, fix: '' };
  }
  return {
    name: 'models',
    status: 'warn',
    detail: 'no model of the local engine is installed: the first use downloads it',
    fix: 'To download it now, run `fun-asr engine pull`.',
  };
}

function failed(name: Check['name'], { message, hint }: FunAsrError): Check {
  return { name, status: 'fail', detail: message, fix: hint ?? '' };
}
