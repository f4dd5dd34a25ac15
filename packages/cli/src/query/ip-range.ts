import { BlockList, isIP } from 'node:net'

/** A test for one address or a range (`192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`). Undefined if the text is neither. */
export function ipRange(text: string): ((address: string) => boolean) | undefined {
  const [network = '', prefix, ...rest] = text.trim().split('/')
  const version = isIP(network)
  const bits = version === 4 ? 32 : 128
  if (version === 0 || rest.length > 0) return undefined
  if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)) return undefined
  const range = new BlockList()
  range.addSubnet(network, prefix === undefined ? bits : Number(prefix), family(version))
  return (address) => {
    const found = isIP(address)
    return found !== 0 && range.check(address, family(found))
  }
}

function family(version: number): 'ipv4' | 'ipv6' {
  return version === 4 ? 'ipv4' : 'ipv6'
}
