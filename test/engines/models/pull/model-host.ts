import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { hubHost } from '../../../../lib/engines/models/catalogue/hosts.ts';
import type { HostedFile, LocalModel } from '../../../../lib/engines/models/local-model.ts';

/** The content of the files of the model. */
export const FILES: Readonly<Record<string, Buffer>> = {
  'model.onnx': randomBytes(200_000),
  'tokenizer/vocab.json': Buffer.from('{"a":1}'),
};

export const REPOSITORY = { name: 'someone/some-model', revision: 'abc123' };

/** Answers a request for a file instead of the host. Returns false to let the host answer. */
export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  file: Buffer,
) => boolean | undefined;

/** Starts a model host with the paths of huggingface.co. It supports ranges, and is closed after the test. */
export async function startModelHost(answer: Answer = () => false) {
  const requests: { readonly path: string; readonly range: string | undefined }[] = [];
  const server = createServer((request, response): void => {
    const path = request.url?.split(`/${REPOSITORY.name}/resolve/${REPOSITORY.revision}/`)[1] ?? '';
    const { range } = request.headers;
    requests.push({ path, range });
    const file = FILES[path];
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    if (answer(request, response, file) === true) return;
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const headers = { 'content-length': file.length - start };
    if (start > 0) {
      response.writeHead(206, {
        ...headers,
        'content-range': `bytes ${start}-${file.length - 1}/${file.length}`,
      });
    } else response.writeHead(200, headers);
    response.end(file.subarray(start));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void (server.closeAllConnections(), server.close()));
  const { port } = server.address() as AddressInfo;
  return { port, address: `http://127.0.0.1:${port}`, requests };
}

/** Sends the first half of a file and closes the connection. */
export const breakInTheMiddle: Answer = (_request, response, file) => {
  response.writeHead(200, { 'content-length': file.length });
  response.write(file.subarray(0, file.length / 2), () => response.destroy());
  return true;
};

/** A model with files of the test host. @param addresses The hosts of its catalogue, in order. */
export function hostedModel(addresses: readonly string[]): LocalModel {
  const repository = { ...REPOSITORY, hosts: addresses.map((address) => hubHost(address, REPOSITORY)) };
  const files = Object.entries(FILES).map(([path, content]): [string, HostedFile] => [
    path,
    { repository, path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') },
  ]);
  return {
    name: 'some-model',
    languages: ['zh'],
    license: 'Some License 1.0',
    licenseUrl: 'https://example.com/license',
    attribution: ['Some Model by someone'],
    files: Object.fromEntries(files),
    speechModel: { configIn: () => ({}) },
    voiceDetector: '',
  };
}
