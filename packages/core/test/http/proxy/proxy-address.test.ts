import { describe, expect, test } from 'vitest'
import { proxyAddress } from '../../../src/http/proxy/proxy-address.ts'

describe('the address of a proxy', () => {
  test.each([
    ['proxy.corp:3128', 'http://proxy.corp:3128'],
    ['me:pass@proxy.corp:3128', 'http://me:pass@proxy.corp:3128'],
    ['http://proxy.corp:3128', 'http://proxy.corp:3128'],
    ['HTTPS://proxy.corp', 'HTTPS://proxy.corp'],
    ['socks5://proxy.corp:1080', 'socks5://proxy.corp:1080'],
    ['socks://proxy.corp:1080', 'socks://proxy.corp:1080'],
    ['socks5h://proxy.corp:1080', 'socks5://proxy.corp:1080'],
    ['SOCKS5H://proxy.corp:1080', 'socks5://proxy.corp:1080'],
    ['http://me:p%40s%2Fs@proxy.corp:3128', 'http://me:p%40s%2Fs@proxy.corp:3128'],
  ])('%s is %s', (text, address) => {
    expect(proxyAddress(text)).toBe(address)
  })

  test.each([
    ['a scheme nobody speaks here', 'ftp://proxy.corp'],
    ['an older SOCKS', 'socks4://proxy.corp'],
    ['blanks', 'a proxy'],
    ['a scheme alone', 'socks5://'],
    ['a port that is none', 'http://proxy.corp:80x'],
    ['a slash in the password', 'http://me:p/ss@proxy.corp:3128'],
    ['a question mark in the password', 'http://me:p?ss@proxy.corp:3128'],
    ['a hash in the password', 'http://me:12#ss@proxy.corp:3128'],
    ['a slash in a password of digits', 'http://me:12/34@proxy.corp:3128'],
    ['a question mark in a password of digits', 'http://me:12?34@proxy.corp:3128'],
    ['a per cent sign in the password', 'http://me:100%@proxy.corp:3128'],
    ['a per cent sign in the name', 'http://100%:pass@proxy.corp:3128'],
  ])('is none with %s', (_, text) => {
    expect(proxyAddress(text)).toBeUndefined()
  })
})
