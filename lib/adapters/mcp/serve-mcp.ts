import { asFunAsrError, type FunAsrError } from '../../core/errors.ts';
import { checkInstalledVersion, packageMissing } from '../../core/system/installed-package.ts';
import { withoutKeys } from '../../core/redact.ts';
import type { TranscribeOptions } from '../../transcribe-options.ts';
import { ReadableRoot } from './readable-root.ts';
import { TOOLS } from './tools.ts';
import { Transcripts } from './transcripts.ts';

/** Options of {@link serveMcp}. */
export interface McpOptions {
  /** Folder below which the client may name files. */
  readonly root: string;
  /** Recordings at a time. */
  readonly concurrency: number;
  readonly transcription: TranscribeOptions;
  /** Version of this package. */
  readonly version: string;
  /** Ends the server. */
  readonly signal: AbortSignal;
}

const PACKAGE = { name: '@modelcontextprotocol/sdk', major: 1, owner: 'fun-asr mcp' };

/**
 * Serves the tools of {@link TOOLS} over the Model Context Protocol on standard input and output. Resolves when the client has
 * closed standard input.
 * @throws {FunAsrError} `E_PACKAGE`, `E_OPTION`
 */
export async function serveMcp({ signal, ...options }: McpOptions): Promise<void> {
  const { Server, StdioServerTransport, CallToolRequestSchema, ListToolsRequestSchema } = await loadSdk();
  const root = await ReadableRoot.open(options.root);
  const transcripts = new Transcripts(options.transcription, options.concurrency);
  const ending = new AbortController();
  const server = new Server(
    { name: 'fun-asr', title: 'Fun-ASR', version: options.version },
    {
      capabilities: { tools: {} },
      instructions: `Files are read in ${root.path} and its sub-folders only.`,
    },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: TOOLS.map(({ run: _run, ...description }) => description),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, call) => {
    const tool = TOOLS.find(({ name }) => name === params.name);
    if (!tool) return failure(`there is no tool ${params.name}`);
    const token = call._meta?.progressToken;
    let reported = -1;
    const onProgress = (progress: number, total: number | undefined): void => {
      if (token === undefined || progress <= reported || call.signal.aborted) return;
      reported = progress;
      const message = 'seconds of the recording whose text is final';
      const notification = { progressToken: token, progress, ...(total !== undefined && { total }), message };
      // The client may have closed the connection.
      call.sendNotification({ method: 'notifications/progress', params: notification }).catch(() => {});
    };
    try {
      const texts = await tool.run(params.arguments ?? {}, {
        root,
        transcripts,
        onProgress,
        signal: AbortSignal.any([call.signal, ending.signal]),
      });
      return { content: texts.map((text) => ({ type: 'text', text: withoutKeys(text) })) };
    } catch (error) {
      return failure(describe(asFunAsrError(error)));
    }
  });
  const ended = new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error']) process.stdin.once(event, () => resolve());
    signal.addEventListener('abort', () => resolve());
    if (signal.aborted) resolve();
  });
  await server.connect(new StdioServerTransport());
  await ended;
  ending.abort();
  await server.close();
  await transcripts.close();
}

async function loadSdk() {
  checkInstalledVersion(PACKAGE);
  try {
    const [server, stdio, types] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/index.js'),
      import('@modelcontextprotocol/sdk/server/stdio.js'),
      import('@modelcontextprotocol/sdk/types.js'),
    ]);
    return { ...server, ...stdio, ...types };
  } catch (cause) {
    throw packageMissing(PACKAGE, cause);
  }
}

function failure(text: string): { isError: true; content: { type: 'text'; text: string }[] } {
  return { isError: true, content: [{ type: 'text', text }] };
}

function describe({ message, hint, code }: FunAsrError): string {
  return [message, hint, `[${code}]`].filter(Boolean).join('\n');
}
