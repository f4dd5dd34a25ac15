import { BlockList, isIP } from 'node:net'

/** A test for addresses of a range (`192.0.2.0/24`, `2001:db8::/32`); undefined if the text is not a range. */
export function addressRange(text: string): ((address: string) => boolean) | undefined {
  const [network = '', prefix = '', ...rest] = text.split('/')
  const version = isIP(network)
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefix)) return undefined
  if (Number(prefix) > (version === 4 ? 32 : 128)) return undefined
  const range = new BlockList()
  range.addSubnet(network, Number(prefix), version === 4 ? 'ipv4' : 'ipv6')
  return (address) => {
    const found = isIP(address)
    return found !== 0 && range.check(address, found === 4 ? 'ipv4' : 'ipv6')
  }
}
