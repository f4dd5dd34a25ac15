/** A time modifier of Splunk's, such as `-1mon@mon+1h`, from a time in seconds, in UTC. `now` is no change. */
export function relativeTime(time: number, modifier: string): number {
  if (modifier === 'now') return time
  const date = new Date(time * 1000)
  const parts = [...modifier.matchAll(/([+-])(\d+)(mon|d|h)|@(mon|d|h)/g)]
  if (parts.map(([part]) => part).join('') !== modifier) throw new SyntaxError(`${modifier} is not modelled`)
  for (const [, sign, count, unit, snap] of parts) {
    const amount = Number(`${sign ?? ''}${count ?? 0}`)
    if (unit === 'mon') date.setUTCMonth(date.getUTCMonth() + amount)
    if (unit === 'd') date.setUTCDate(date.getUTCDate() + amount)
    if (unit === 'h') date.setUTCHours(date.getUTCHours() + amount)
    if (snap) date.setUTCMinutes(0, 0, 0)
    if (snap === 'd' || snap === 'mon') date.setUTCHours(0)
    if (snap === 'mon') date.setUTCDate(1)
  }
  return date.getTime() / 1000
}
