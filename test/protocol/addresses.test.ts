import { expect, it } from 'vitest';
import { httpApiUrl, isLoopback, regionOfHost, serviceUrl } from '../../lib/protocol/addresses.ts';

it('each region has its own shared host', () => {
  expect(serviceUrl('intl')).toBe('wss://dashscope-intl.aliyuncs.com/api-ws/v1/inference');
  expect(serviceUrl('cn')).toBe('wss://dashscope.aliyuncs.com/api-ws/v1/inference');
  expect(httpApiUrl('intl')).toBe('https://dashscope-intl.aliyuncs.com/api/v1');
  expect(httpApiUrl('cn')).toBe('https://dashscope.aliyuncs.com/api/v1');
});

it.each([
  ['dashscope-intl.aliyuncs.com', 'intl'],
  ['dashscope.aliyuncs.com', 'cn'],
  ['ws-1.ap-southeast-1.maas.aliyuncs.com', 'intl'],
  ['ws-1.cn-beijing.maas.aliyuncs.com', 'cn'],
  ['dashscope.aliyuncs.com.example.com', undefined],
  ['127.0.0.1', undefined],
])('the region of the host %s is %s', (host, region) => {
  expect(regionOfHost(host)).toBe(region);
});

it('only addresses of this machine are loopback addresses', () => {
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]']) expect(isLoopback(host)).toBe(true);
  for (const host of ['0.0.0.0', '192.168.1.2', '127.0.0.1.nip.io', 'localhost.example.com'])
    expect(isLoopback(host)).toBe(false);
});
