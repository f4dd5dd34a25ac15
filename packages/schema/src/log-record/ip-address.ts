import { isIP } from 'node:net'

/**
 * The IPv4 or IPv6 address of a text, or undefined: for places that accept nothing else (an `ip` field, a reputation
 * look-up). Blanks around it are removed, and so is a zone (`fe80::1%eth0`), which has a meaning only on one host.
 */
export function ipAddress(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  const trimmed = text.trim()
  const zone = trimmed.indexOf('%')
  const address = zone === -1 ? trimmed : trimmed.slice(0, zone)
  return isIP(address) === 0 ? undefined : address
}
