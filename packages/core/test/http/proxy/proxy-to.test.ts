import { proxyTo } from '@asana-audit/core/config'
import { expect, test } from 'vitest'
import { faultOf } from '../../support/fault-of.ts'

const proxy = {
  http: 'http://me:Pr0xyPassword@proxy.example:3128',
  https: 'socks5://proxy.example:1080',
  none: 'internal.example',
}

test.each([
  ['http://target.example/x', 'http://proxy.example:3128'],
  ['https://target.example/x', 'socks5://proxy.example:1080'],
  ['http://internal.example/x', undefined],
])('the proxy on the way to %s is %s', (target, expected) => {
  expect(proxyTo(new URL(target), proxy)).toBe(expected)
})

test('without an address for its scheme a target is reached without a proxy', () => {
  expect(proxyTo(new URL('http://target.example'), { https: proxy.https })).toBeUndefined()
  expect(proxyTo(new URL('http://target.example'), undefined)).toBeUndefined()
})

test('an address that is none is refused, and not repeated', async () => {
  const asked = async (): Promise<unknown> =>
    proxyTo(new URL('http://target.example'), { http: 'ftp://me:Pr0xyPassword@p' })
  const found = await faultOf(asked())
  expect(found.code).toBe('bad_proxy')
  expect(found.message).not.toContain('Pr0xyPassword')
})
