import { sectionFields, topFields } from '../../../packages/schema/src/event/event-fields.ts'
import type { Panel } from '../../../scripts/dashboards/panel.ts'
import type { StoredRecord } from './records.ts'

/** What the queries of a dashboard have to say, counted one by one. */

export function recordsOf(panel: Panel, records: readonly StoredRecord[]): StoredRecord[] {
  const { where = {}, unfamiliar = false } = panel
  return records.filter(
    ({ attributes }) =>
      Object.entries(where).every(([name, texts]) => texts.some((text) => isLike(attributes[name], text))) &&
      (!unfamiliar || hasNews(attributes['asana.audit.unmapped'])),
  )
}

/** How many for each value of an attribute; events without one are left out. */
export function countsBy(name: string, records: readonly StoredRecord[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of valuesOf(name, records)) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** When each value of an attribute was there for the first time, in milliseconds since 1970. */
export function firstTimes(name: string, records: readonly StoredRecord[]): Map<string, number> {
  const times = new Map<string, number>()
  for (const record of records) {
    for (const value of valuesOf(name, [record]))
      times.set(value, Math.min(times.get(value) ?? Infinity, record.time))
  }
  return times
}

function valuesOf(name: string, records: readonly StoredRecord[]): string[] {
  return records.flatMap(({ attributes }) => {
    const value = attributes[name]
    return typeof value === 'string' && value !== '' ? [value] : []
  })
}

function isLike(value: unknown, text: string): boolean {
  if (typeof value !== 'string') return false
  const [start = '', ...rest] = text.split('*')
  if (rest.length === 0) return value === text
  const end = rest.pop() ?? ''
  const isLong = value.length >= start.length + end.length
  return rest.length === 0 && isLong && value.startsWith(start) && value.endsWith(end)
}

/** Whether something is in the text that is no known field, or a known one that is more than null. */
function hasNews(unmapped: unknown): boolean {
  if (typeof unmapped !== 'string') return false
  return Object.entries(JSON.parse(unmapped)).some(([name, value]) => {
    const section = sectionFields.get(name)
    if (!section) return value !== null || !(topFields.has(name) || name === 'details')
    if (value === null) return false
    if (typeof value !== 'object') return true
    return Object.entries(value).some(([member, inside]) => inside !== null || !section.has(member))
  })
}
