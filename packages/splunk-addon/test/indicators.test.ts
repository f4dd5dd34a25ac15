import { type Indicators, indicators } from '@asana-audit/schema'
import { generateEvents } from '@asana-audit/simulator'
import { expect, test } from 'vitest'
import { addonFiles } from '../src/addon-files.ts'
import { deliver, formats } from './splunk/deliver.ts'
import { SearchTime } from './splunk/search-time.ts'

const until = Date.parse('2026-03-15T00:00:00Z')
const events = generateEvents({ count: 400, from: until - 7 * 86_400_000, until })

/** The fields in which a person finds each kind of what detections match on. */
const fields: { readonly [Kind in keyof Indicators]: readonly string[] } = {
  email: ['actor.email', 'resource.email'],
  ip: ['src_ip'],
  username: ['actor.name'],
}

test.each(Object.entries(formats))(
  'in the format %s, every e-mail address, IP address and name of an event has its field',
  async (_, map) => {
    const splunk = new SearchTime(addonFiles())
    const delivered = await deliver(events, map)
    const missing = delivered.flatMap((event, at) => {
      const seen = splunk.fields(event)
      return Object.entries(indicators(events[at]!)).flatMap(([kind, values]) => {
        const found = fields[kind as keyof Indicators].flatMap((name) => seen.get(name) ?? [])
        return values.filter((value) => !found.includes(value)).map((value) => `${kind} ${value}`)
      })
    })
    expect([...new Set(missing)]).toEqual([])
  },
)
