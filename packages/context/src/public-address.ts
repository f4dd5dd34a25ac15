import { BlockList, isIP } from 'node:net'

/** Networks whose addresses mean another place in each company, https://www.iana.org/assignments/iana-ipv4-special-registry. */
const notPublic = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  notPublic.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  notPublic.addSubnet(network, bits, 'ipv6')

/** No address is longer, with a zone of a usual length. What is remembered of a longer text would keep all of it in memory. */
const mostCharacters = 100

/**
 * The IP address of a text, an IPv4 address within IPv6 as IPv4, without a zone. Undefined for a private one,
 * and for anything else.
 */
export function publicAddress(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > mostCharacters) return undefined
  const trimmed = text.trim().replace(/%.*$/s, '')
  const address = /^::ffff:([\d.]+)$/i.exec(trimmed)?.[1] ?? trimmed
  const family = isIP(address)
  if (family === 0 || notPublic.check(address, family === 4 ? 'ipv4' : 'ipv6')) return undefined
  return address
}
