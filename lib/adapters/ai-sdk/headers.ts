import type { Warning } from './specification.ts';

/** The AI SDK adds this header to every call. */
const OWN_HEADER = 'user-agent';

/** Warns about headers of the caller: the recognition is not an HTTP request. */
export function unsupportedHeaders(
  headers: Readonly<Record<string, string | undefined>> | undefined,
): Warning[] {
  const names = Object.keys(headers ?? {}).filter((name) => name.toLowerCase() !== OWN_HEADER);
  return names.length === 0
    ? []
    : [{ type: 'unsupported', feature: 'headers', details: `not sent: ${names.join(', ')}` }];
}
