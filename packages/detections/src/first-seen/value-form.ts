import { isIP } from 'node:net'

/** What of a field's value is remembered. `value`: the text itself. */
export const valueForms = ['value', 'network', 'client'] as const
export type ValueForm = (typeof valueForms)[number]

/** Undefined if the text has no such form: then the event does not count. */
export function inForm(text: string, form: ValueForm): string | undefined {
  if (text === '') return undefined
  if (form === 'network') return network(text)
  return form === 'client' ? client(text) : text
}

/** The /24 of an IPv4 address, the /48 of an IPv6 address. Undefined for anything else. */
function network(address: string): string | undefined {
  const [text = ''] = address.split('%')
  if (isIP(text) === 4) return ipv4Network(text.split('.').map(Number))
  if (isIP(text) !== 6) return undefined
  // The parser of URLs writes any form of an address in one way.
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::')
  const groupsOf = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')]
  const gap = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array.from({ length: gap }, () => 0), ...after]
  const [high = 0, low = 0] = groups.slice(6)
  // An IPv4 address, written as one of IPv6.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return ipv4Network([high >> 8, high & 255, low >> 8])
  return `${groups
    .slice(0, 3)
    .map((group) => group.toString(16))
    .join(':')}::/48`
}

function ipv4Network([one, two, three]: readonly number[]): string {
  return `${one}.${two}.${three}.0/24`
}

/** The first that fits: nearly all browsers also name others. */
const browsers: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Asana', /\bAsana/],
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS)\//],
  ['Safari', /\bSafari\//],
]
const systems: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['iOS', /\b(?:iPhone|iPad|iOS)\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\b(?:Macintosh|macOS|Mac OS X)\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
]

/** The kind of a client from its user agent, without versions, so that an update is not new: `Firefox on Windows`, `python-requests`. */
function client(agent: string): string {
  const nameIn = (names: typeof browsers): string | undefined =>
    names.find(([, pattern]) => pattern.test(agent))?.[0]
  const product = /^\s*([^\s/;(]+)/.exec(agent)?.[1] ?? 'another client'
  const browser = nameIn(browsers) ?? product.toLowerCase()
  const system = nameIn(systems)
  return system === undefined ? browser : `${browser} on ${system}`
}
