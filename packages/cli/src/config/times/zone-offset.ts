import { hourMs } from '../../duration.ts'

const mostKept = 5_000

/** Minutes ahead of UTC at a moment, in a zone such as `Europe/Berlin`. Undefined if there is no such zone. */
export function zoneOffset(zone: string): ((at: number) => number) | undefined {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
  } catch {
    return undefined // A RangeError is how Intl says that it does not know the zone.
  }
  const known = new Map<number, number>()
  return (at) => {
    const hour = Math.floor(at / hourMs)
    const before = known.get(hour)
    if (before !== undefined) return before
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? []
    const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
    if (known.size >= mostKept) known.clear()
    known.set(hour, offset)
    return offset
  }
}
