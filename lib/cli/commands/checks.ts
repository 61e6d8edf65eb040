import { ffmpegWarning, findFfmpeg } from '../../audio/ffmpeg/find-ffmpeg.ts';
import { asFunAsrError, type FunAsrError } from '../../core/errors.ts';
import { Connection } from '../../recognition/connection/connection.ts';
import { hasEndpoint, resolveEndpoint } from '../../protocol/endpoint.ts';
import { listModels } from '../../engines/models/model-store.ts';
import { loadSherpa } from '../../engines/local/sherpa.ts';

/** One thing that transcribing takes, and how it stands. */
export interface Check {
  readonly name: 'node' | 'ffmpeg' | 'key' | 'cloud' | 'engine' | 'models';
  /** `warn`: it works, or is not needed. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do about it; empty when there is nothing to do. */
  readonly mend: string;
}

const CONNECT_MS = 5_000;
const LEAST_NODE = [20, 19] as const;

/** Looks at this machine, and at the cloud when there is a key for it. */
export async function* checks(): AsyncGenerator<Check> {
  yield checkNode(process.versions.node);
  yield await checkFfmpeg();
  const usesCloud = hasEndpoint({});
  yield checkKey();
  yield usesCloud ? await checkCloud() : { ...noCloud };
  yield checkEngine(usesCloud);
  yield await checkModels();
}

/** @internal */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  const isEnough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  const mend = isEnough ? '' : `Install Node ${LEAST_NODE.join('.')} or newer: https://nodejs.org`;
  return { name: 'node', status: isEnough ? 'ok' : 'fail', detail: version, mend };
}

async function checkFfmpeg(): Promise<Check> {
  try {
    const ffmpeg = await findFfmpeg();
    const old = ffmpegWarning(ffmpeg);
    const detail = `${ffmpeg.version}, ${ffmpeg.path} (${ffmpeg.source})`;
    return { name: 'ffmpeg', status: old ? 'warn' : 'ok', detail, mend: old?.hint ?? '' };
  } catch (error) {
    return failed('ffmpeg', asFunAsrError(error));
  }
}

function checkKey(): Check {
  if (process.env['DASHSCOPE_API_KEY']) {
    return { name: 'key', status: 'ok', detail: 'DASHSCOPE_API_KEY is set', mend: '' };
  }
  return {
    name: 'key',
    status: 'warn',
    detail: 'DASHSCOPE_API_KEY is not set: recordings stay on this machine',
    mend: 'To use the cloud: https://www.alibabacloud.com/help/en/model-studio/get-api-key',
  };
}

const noCloud: Check = { name: 'cloud', status: 'warn', detail: 'not asked: there is no key', mend: '' };

/** Opens a connection, which asks for the key, and closes it before anything that costs. */
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
    return { name: 'cloud', status: 'ok', detail: `${endpoint.url} takes the key`, mend: '' };
  } catch (error) {
    return failed('cloud', asFunAsrError(error));
  }
}

function checkEngine(usesCloud: boolean): Check {
  try {
    loadSherpa();
    return { name: 'engine', status: 'ok', detail: 'the local engine is installed', mend: '' };
  } catch (error) {
    const check = failed('engine', asFunAsrError(error));
    return usesCloud ? { ...check, status: 'warn' } : check;
  }
}

async function checkModels(): Promise<Check> {
  const models = await listModels();
  const ready = models.filter(({ state }) => state === 'ready').map(({ name }) => name);
  if (ready.length > 0) {
    return { name: 'models', status: 'ok', detail: `${ready.join(', ')} on this machine`, mend: '' };
  }
  return {
    name: 'models',
    status: 'warn',
    detail: 'the local engine has no model yet: it is downloaded on first use',
    mend: 'To download it now: fun-asr engine pull',
  };
}

function failed(name: Check['name'], { message, hint }: FunAsrError): Check {
  return { name, status: 'fail', detail: message, mend: hint ?? '' };
}
