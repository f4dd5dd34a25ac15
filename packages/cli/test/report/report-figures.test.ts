import { expect, test } from 'vitest'
import { localZone, utc, type Zone } from '../../src/query/zone.ts'
import { actorLabel } from '../../src/report/actor-key.ts'
import { figures } from '../../src/report/figures.ts'
import { reportWindow } from '../../src/report/report-window.ts'
import { event } from '../support/archive.ts'

const day = 86_400_000
const since = Date.UTC(2026, 2, 2)
const until = since + 10 * day

function added(...some: Parameters<typeof event>[]) {
  const all = figures(reportWindow(since, until, utc))
  for (const one of some) all.add(event(...one))
  return all
}

const at = (ms: number) => ({ created_at: new Date(ms).toISOString() })

test('every hour, day, week or month of a window has a bucket, and every time belongs to one', () => {
  // A clock that goes forward on 29 March and back on 25 October 2026, as in Berlin.
  const summer = [Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1)] as const
  const berlin: Zone = {
    name: 'Europe/Berlin',
    offsetAt: (ms) => (ms >= summer[0] && ms < summer[1] ? 120 : 60),
  }
  for (const [length, unit, most] of [
    [2, 'hour', 50],
    [90, 'day', 92],
    [365, 'week', 54],
    [3_650, 'month', 122],
  ] as const) {
    for (const zone of [utc, berlin, localZone]) {
      const from = Date.UTC(2026, 2, 28, 5, 17)
      const window = reportWindow(from, from + length * day, zone)
      expect(window.unit).toBe(unit)
      expect(window.buckets.length).toBeLessThanOrEqual(most)
      expect(window.buckets).toEqual(window.buckets.toSorted((a, b) => (a < b ? -1 : 1)))
      const places = Array.from({ length: 4_001 }, (_, i) =>
        window.bucketOf(from + Math.min((i / 4_000) * length * day, length * day - 1)),
      )
      expect([...new Set(places)]).toEqual(window.buckets.map((_, index) => index))
      // An hour comes twice when the clock is set back.
      if (unit !== 'hour') expect(places).toEqual(places.toSorted((a, b) => a - b))
    }
  }
})

test('a day begins at midnight of the zone', () => {
  const ahead: Zone = { name: 'ahead', offsetAt: () => 600 }
  const window = reportWindow(since, until, ahead)
  const all = figures(window)
  all.add(event('1', at(since + 20 * 3_600_000)))
  expect(window.buckets[1]).toBe('2026-03-03')
  expect(all.categories).toEqual([['logins', window.buckets.map((_, index) => Number(index === 1))]])
  // Monday 20:00 is Tuesday 06:00 there.
  expect(all.hours[1]?.[6]).toBe(1)
})

test('events in the window and in the equally long time before it are counted, others are not', () => {
  const all = added(
    ['1', at(since)],
    ['2', at(until - 1)],
    ['3', at(until)],
    ['4', at(since - 1)],
    ['5', at(since - 10 * day)],
    ['6', at(since - 10 * day - 1)],
  )
  expect(all.total).toEqual({ now: 2, previous: 2 })
  expect(all.kinds['sign-in']).toMatchObject({ now: 2, previous: 2 })
  expect(all.before).toBe(3)
  expect(all.oldest).toBe(since - 10 * day - 1)
  expect(all.newest).toBe(until - 1)
})

test.each([
  ['user_login_succeeded', 'logins', 'sign-in'],
  ['user_login_failed', 'logins', 'failed sign-in'],
  ['workspace_export_started', 'content_export', 'export'],
  ['workspace_saml_settings_changed', 'admin_settings', 'admin change'],
  ['user_workspace_admin_role_changed', 'roles', 'admin change'],
  ['task_permanently_deleted', 'deletion', 'deletion'],
  ['task_undeleted', 'deletion', 'restoration'],
  ['brand_new_export', 'content_export', 'export'],
] as const)('%s of the category %s is counted as: %s', (event_type, event_category, kind) => {
  const all = added(['1', { ...at(since), event_type, event_category }])
  expect(all.kinds[kind].now).toBe(1)
  expect(Object.values(all.kinds).reduce((sum, { now }) => sum + now, 0)).toBe(1)
})

test('a type is new if there are events from before the window and none of this type', () => {
  const types = (...some: Parameters<typeof event>[]) =>
    added(...some).types.map(({ type, isNew, isCatalogued, count }) => ({ type, isNew, isCatalogued, count }))
  const brandNew = { ...at(since + 5), event_type: 'brand_new' }
  expect(types(['0', at(since - 1)], ['1', at(since)], ['2', brandNew], ['3', brandNew])).toEqual([
    { type: 'user_login_succeeded', isNew: false, isCatalogued: true, count: 1 },
    { type: 'brand_new', isNew: true, isCatalogued: false, count: 2 },
  ])
  expect(types(['1', brandNew])).toMatchObject([{ isNew: false, isCatalogued: false }])
})

test('people with the same name are counted apart, and an actor without a name is shown by its type', () => {
  const all = added(
    ['1', { ...at(since), actor: { name: 'Ada', email: 'ada@example.com' } }],
    ['2', { ...at(since), actor: { name: 'Ada', email: 'ada@example.org' } }],
    ['3', { ...at(since), actor: { actor_type: 'anonymous' } }],
    ['4', { ...at(since), actor: {} }],
  )
  expect(all.actors.sorted().map(([actor]) => actorLabel(actor))).toEqual([
    ['Ada', 'ada@example.com'],
    ['Ada', 'ada@example.org'],
    ['anonymous', ''],
    ['unknown', ''],
  ])
})

test('of many admin changes the most serious are kept first, then the newest', () => {
  const all = figures(reportWindow(since, until, utc))
  const change = (gid: number, event_type: string) =>
    all.add(event(String(gid), { ...at(since + gid * 1_000), event_type, event_category: 'admin_settings' }))
  change(0, 'workspace_ip_allowlist_disabled')
  for (let gid = 1; gid < 2_000; gid += 1) change(gid, 'workspace_announcement_created')
  const kept = all.adminChanges.map(({ gid }) => Number(gid))
  expect(kept.length).toBe(25)
  expect(kept.slice(0, 3)).toEqual([0, 1_999, 1_998])
})

test('the memory for categories, types and names is bounded', () => {
  const all = figures(reportWindow(since, until, utc))
  const long = 'x'.repeat(5_000)
  for (let gid = 0; gid < 30_000; gid += 1) {
    const own = `${gid}${long}`
    all.add(
      event(String(gid), {
        ...at(since + gid),
        event_type: own,
        event_category: own,
        actor: { name: own, email: own },
      }),
    )
  }
  expect(all.categories.length).toBeLessThanOrEqual(16)
  expect(all.types.length).toBeLessThanOrEqual(2_000)
  expect(all.actors.others).toBeGreaterThan(0)
  expect(all.actors.sorted().every(([actor]) => actor.length < 500)).toBe(true)
  expect(all.categories.flatMap(([, counts]) => counts).reduce((sum, count) => sum + count, 0)).toBe(30_000)
})
