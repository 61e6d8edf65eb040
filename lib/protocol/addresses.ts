/** Where a model is offered: `intl` is Singapore, `cn` is Beijing. A key belongs to one region. */
export type Region = 'intl' | 'cn';

/** Path of the WebSocket service. */
export const SERVICE_PATH = '/api-ws/v1/inference';

/** Path of the real-time service of Qwen3-ASR, which uses another protocol. */
export const QWEN_SERVICE_PATH = '/api-ws/v1/realtime';

/** Path of the HTTP API. */
export const HTTP_API_PATH = '/api/v1';

/** Path of the hot-word lists, below {@link HTTP_API_PATH}. */
export const VOCABULARY_PATH = '/services/audio/asr/customization';

/** The `model` that a request for hot-word lists names. */
export const VOCABULARY_MODEL = 'speech-biasing';

/** Path of the temporary keys, below {@link HTTP_API_PATH}. */
export const TEMPORARY_KEY_PATH = '/tokens';

/** The shared host of each region. Source: the official Python SDK page. */
const HOSTS: Readonly<Record<Region, string>> = {
  intl: 'dashscope-intl.aliyuncs.com',
  cn: 'dashscope.aliyuncs.com',
};

/** How the hosts of single workspaces end, by region. Source: the official pages since 2026. */
const WORKSPACE_HOST_SUFFIXES: Readonly<Record<Region, string>> = {
  intl: '.ap-southeast-1.maas.aliyuncs.com',
  cn: '.cn-beijing.maas.aliyuncs.com',
};

/** The WebSocket URL of a region. @param workspace A workspace whose own host is used. @default the shared host */
export function serviceUrl(region: Region, workspace?: string): string {
  return `wss://${hostOf(region, workspace)}${SERVICE_PATH}`;
}

/** The base URL of the HTTP API of a region. @param workspace As for {@link serviceUrl}. */
export function httpApiUrl(region: Region, workspace?: string): string {
  return `https://${hostOf(region, workspace)}${HTTP_API_PATH}`;
}

function hostOf(region: Region, workspace: string | undefined): string {
  return workspace === undefined ? HOSTS[region] : `${workspace}${WORKSPACE_HOST_SUFFIXES[region]}`;
}

/** Whether a workspace can be the first part of a host name. Other texts could name another host. */
export function isHostLabel(workspace: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(workspace);
}

/** Whether a host is the shared host of a region. */
export function isSharedHost(hostname: string): boolean {
  return Object.values(HOSTS).includes(hostname);
}

/** The region that a host belongs to; undefined for a host that is not one of the service's own. */
export function regionOfHost(hostname: string): Region | undefined {
  return (['intl', 'cn'] as const).find(
    (region) => hostname === HOSTS[region] || hostname.endsWith(WORKSPACE_HOST_SUFFIXES[region]),
  );
}

/** Whether a host is this machine. Only to this machine may a key be sent unencrypted, and never through a proxy. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
