import { BlockList, isIP } from 'node:net'

/** Which targets are reached without a proxy. */
export interface NoProxy {
  has(target: URL): boolean
  /** Entries that can never match, because they look like a network but are not valid. */
  readonly unusable: readonly string[]
}

interface Entry {
  /** Undefined: any. */
  readonly port: string | undefined
  readonly matches: (host: string) => boolean
}

/**
 * Reads a list in the form of `NO_PROXY`: separated by commas or blanks, each entry with or without a port. `example.com` and
 * `.example.com` match that host and its subdomains, `*` in a name matches any text, `10.0.0.0/8` and `fd00::/8` are networks. Names
 * are not resolved: addresses and networks match only targets written as addresses, as in curl.
 */
export function noProxy(list: string): NoProxy {
  const entries: Entry[] = []
  const unusable: string[] = []
  for (const text of list.split(/[,\s]+/).filter(Boolean)) {
    const entry = readEntry(text)
    if (entry) entries.push(entry)
    else unusable.push(text)
  }
  return {
    unusable,
    has({ hostname, port, protocol }) {
      const host = bare(hostname)
      const used = port || (protocol === 'https:' ? '443' : '80')
      return entries.some((entry) => (entry.port ?? used) === used && entry.matches(host))
    },
  }
}

/** Without the brackets that `URL` puts around IPv6, and without the dot at the end of a full name. */
function bare(host: string): string {
  return host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/(.)\.$/, '$1')
    .toLowerCase()
}

function readEntry(text: string): Entry | undefined {
  // An IPv6 address has more than one colon, so it can have a port only after brackets.
  const [, host = text, port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(text) ?? []
  const name = bare(host)
  const isAddress = name.includes('/') || isIP(name) !== 0
  const matches = isAddress ? network(name) : namePattern(name)
  return matches && { port, matches }
}

/** Matches the addresses of a network, or a single address, in any notation. Undefined for anything else. */
function network(text: string): Entry['matches'] | undefined {
  const [address = '', prefix] = text.split('/')
  const [family, most] = isIP(address) === 6 ? (['ipv6', 128] as const) : (['ipv4', 32] as const)
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
  if (isIP(address) === 0 || !(bits <= most)) return undefined
  const addresses = new BlockList()
  addresses.addSubnet(address, bits, family)
  return (host) => {
    const version = isIP(host)
    return version !== 0 && addresses.check(host, version === 6 ? 'ipv6' : 'ipv4')
  }
}

function namePattern(name: string): Entry['matches'] {
  if (name.includes('*')) {
    const parts = name.split('*').map((part) => part.replace(/[^a-z\d]/g, '\\$&'))
    const pattern = new RegExp(`^${parts.join('.*')}$`)
    return (host) => pattern.test(host)
  }
  const below = name.replace(/^\./, '')
  return (host) => host === below || host.endsWith(`.${below}`)
}
