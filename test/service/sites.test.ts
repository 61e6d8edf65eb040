import { describe, expect, it } from 'vitest';
import { sitesOf } from '../../lib/service/sites.ts';

describe('the addresses of a service', () => {
  const hostsOf = (host: string, port: number, publicUrl?: string) =>
    Object.fromEntries(sitesOf({ host, port, publicUrl }).origins);

  it('are those of this machine, with the origin of their pages', () => {
    expect(hostsOf('127.0.0.1', 8710)).toEqual({
      '127.0.0.1:8710': 'http://127.0.0.1:8710',
      'localhost:8710': 'http://localhost:8710',
      '[::1]:8710': 'http://[::1]:8710',
    });
  });

  it('may leave out the default port, as browsers do', () => {
    expect(hostsOf('LOCALHOST', 80)).toMatchObject({
      localhost: 'http://localhost',
      'localhost:80': 'http://localhost',
    });
  });

  it.each([
    ['https://captions.example.com', ['captions.example.com', 'captions.example.com:443']],
    ['https://captions.example.com:8443/', ['captions.example.com:8443']],
    ['https://Captions.Example.com:443', ['captions.example.com', 'captions.example.com:443']],
    ['http://localhost:9000', ['localhost:9000']],
    ['https://[2001:db8::1]', ['[2001:db8::1]', '[2001:db8::1]:443']],
    ['https://字幕.example', ['xn--p8so3e.example', 'xn--p8so3e.example:443']],
  ])('include one public address: %s', (publicUrl, hosts) => {
    const { origins, publicOrigin } = sitesOf({ host: '127.0.0.1', port: 8710, publicUrl });
    const more = [...origins].filter(([host]) => !/^(?:127\.0\.0\.1|localhost|\[::1\]):8710$/.test(host));
    expect(more.map(([host]) => host)).toEqual(hosts);
    expect(new Set(more.map(([, origin]) => origin))).toEqual(new Set([publicOrigin]));
    expect(publicOrigin).toBe(new URL(publicUrl).origin);
  });
});
