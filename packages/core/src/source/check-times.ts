import { parseMillis } from '@asana-audit/schema/lossless'
import { type Fault, fault } from '../fault.ts'

export interface Times {
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/**
 * Throws a fatal `bad_time` for times that would read nothing and look like an empty log: a text that is not a time, a `since` in
 * the future (after `now`, milliseconds since 1970), an `until` that is not after `since`.
 */
export function checkTimes({ since, until }: Times, now: number): void {
  const from = timeOf('since', since)
  const to = timeOf('until', until)
  if (from !== undefined && from > now)
    throw badTime(`\`since\` is in the future: ${since}. Give a time that has passed; is the year right?`)
  if (from !== undefined && to !== undefined && from >= to)
    throw badTime(`\`until\` (${until}) is not after \`since\` (${since}). Give a later one.`)
}

function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = parseMillis(text)
  if (ms !== undefined) return ms
  throw badTime(`\`${name}\` is not a time: ${JSON.stringify(text)}. Give one such as 2026-01-31T08:00:00Z.`)
}

function badTime(message: string): Fault {
  return fault({ fault: 'fatal', code: 'bad_time', message })
}
