import { readFile } from 'node:fs/promises';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Where the files of the page are on the server. */
export const FILES_PATH = '/captions/';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
/** The files that a browser may request, without the page itself. */
const FILES: ReadonlySet<string> = new Set([
  'audio-queue.js',
  'caption-view.js',
  'connection.js',
  'controls.js',
  'icon.svg',
  'labels.js',
  'main.js',
  'microphone.js',
  'page.css',
  'resampler.js',
  'settings.js',
  'source.js',
  'transcript.js',
  'worklet.js',
]);

/** The name of the file at a path; undefined when there is none. */
export function pageFileAt(path: string): string | undefined {
  if (path === '/') return 'page.html';
  const name = path.startsWith(FILES_PATH) ? path.slice(FILES_PATH.length) : '';
  return FILES.has(name) ? name : undefined;
}

/** Sends a file of the page. */
export async function sendPageFile(
  response: ServerResponse,
  name: string,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  const content = await readFile(new URL(name, await pageFolder()));
  const type = MEDIA_TYPES[name.slice(name.lastIndexOf('.') + 1)];
  response.writeHead(200, { ...headers, 'content-type': type, 'content-length': content.length });
  response.end(content);
}

/** Modules of a bundle for CommonJS have no URL, so the folder states its own. */
const FOLDER_MODULE: string = './page/folder.js';

async function pageFolder(): Promise<URL> {
  const { folder } = (await import(/* webpackIgnore: true */ /* @vite-ignore */ FOLDER_MODULE)) as {
    readonly folder: URL;
  };
  return folder;
}

/**
 * The headers of everything that the page consists of: it may load its own files and connect to its own server, and
 * nothing else.
 * @param origin The origin of the page.
 */
export function pageHeaders(origin: string): OutgoingHttpHeaders {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    // Older browsers do not count a WebSocket of the same host as 'self'.
    `connect-src 'self' ${origin.replace('http', 'ws')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'permissions-policy': 'microphone=(self)',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}
