import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { noProxy } from '../../../src/http/proxy/no-proxy.ts'

const reachesDirectly = (list: string, url: string): boolean => noProxy(list).has(new URL(url))

const direct: [list: string, url: string][] = [
  ['*', 'https://any.example'],
  ['a.example, *', 'https://b.example'],
  ['example.com', 'https://example.com'],
  ['example.com', 'https://deep.down.example.com'],
  ['.example.com', 'https://a.example.com'],
  ['.example.com', 'https://example.com'],
  ['*.example.com', 'https://a.example.com'],
  ['EXAMPLE.com', 'https://Example.COM'],
  ['*.DWS.example', 'https://a.dws.example'],
  ['FD00::/8', 'https://[fd12:3456::1]:8088'],
  ['example.com.', 'https://example.com'],
  ['example.com', 'https://example.com.'],
  ['a.example b.example', 'https://b.example'],
  ['example.com:8443', 'https://example.com:8443'],
  ['example.com:443', 'https://example.com'],
  ['example.com:80', 'http://example.com'],
  ['10.1.2.3', 'http://10.1.2.3:4318'],
  ['10.0.0.0/8', 'http://10.200.3.4:4318'],
  ['192.168.0.0/16,10.0.0.0/8', 'http://10.0.0.1'],
  ['10.0.0.0/8:8088', 'https://10.0.0.1:8088'],
  ['0.0.0.0/0', 'http://203.0.113.7'],
  ['10.*', 'http://10.9.8.7'],
  ['::1', 'http://[::1]:4318'],
  ['[::1]', 'http://[::1]:4318'],
  ['[::1]:4318', 'http://[::1]:4318'],
  ['0:0:0:0:0:0:0:1', 'http://[::1]'],
  ['fd00::/8', 'https://[fd12:3456::1]:8088'],
  ['[fd00::/8]:8088', 'https://[fd12:3456::1]:8088'],
  ['10.0.0.0/8', 'http://[::ffff:10.0.0.1]'],
  ['localhost', 'http://localhost:4318'],
]

const proxied: [list: string, url: string][] = [
  ['', 'https://example.com'],
  ['example.com', 'https://notexample.com'],
  ['example.com', 'https://example.com.evil.example'],
  ['*.example.com', 'https://example.com'],
  ['example.com:8443', 'https://example.com'],
  ['10.0.0.0/8', 'http://11.0.0.1'],
  ['10.0.0.0/8', 'http://10.example.com'],
  ['10.0.0.0/8:8088', 'http://10.0.0.1:4318'],
  ['fd00::/8', 'https://[fe80::1]'],
  ['fd00::/8', 'http://10.0.0.1'],
  ['::1', 'http://[::2]'],
  ['10.*', 'http://110.1.1.1'],
]

describe('a list of hosts without a proxy', () => {
  test.each(direct)('"%s" names %s', (list, url) => {
    expect(reachesDirectly(list, url)).toBe(true)
  })

  test.each(proxied)('"%s" does not name %s', (list, url) => {
    expect(reachesDirectly(list, url)).toBe(false)
  })

  test('a network contains an address exactly if their first bits are the same', () => {
    const address = fc.nat(2 ** 32 - 1)
    const written = (value: number): string =>
      [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
    fc.assert(
      fc.property(address, fc.nat(32), fc.nat(32), address, (base, bits, shared, noise) => {
        const low = 2 ** (32 - shared)
        const other = Math.floor(base / low) * low + (noise % low)
        const size = 2 ** (32 - bits)
        const same = Math.floor(other / size) === Math.floor(base / size)
        expect(reachesDirectly(`${written(base)}/${bits}`, `http://${written(other)}`)).toBe(same)
      }),
    )
  })

  test('reports the entries that can never match', () => {
    const { unusable } = noProxy(
      '10.0.0.0/33, example.com/8, fd00::/129, 10.0.0.0/, 10.0.0.0/+8, 10.0.0.0/8e0, 10.0.0.0/8, http://x, ok',
    )
    expect(unusable).toEqual([
      ...['10.0.0.0/33', 'example.com/8', 'fd00::/129', '10.0.0.0/', '10.0.0.0/+8', '10.0.0.0/8e0'],
      'http://x',
    ])
  })
})
