import { isKnownEventType, parseAuditLogEvent } from '@asana-audit/schema'
import { describe, expect, test } from 'vitest'
import { generateEvents, startSimulator, stories, storyNames } from '../src/index.ts'

const until = Date.parse('2026-11-01T00:00:00Z')
const week = { from: until - 7 * 86_400_000, until, count: 0 }
const names = storyNames

describe.each(names)('%s', (name) => {
  const told = generateEvents({ ...week, stories: [name], seed: 5 })
  const times = told.map(({ created_at }) => Date.parse(created_at))

  test('has events that are valid and in the catalogue, from addresses reserved for documentation', () => {
    expect(told.length).toBeGreaterThan(1)
    for (const event of told) {
      expect(parseAuditLogEvent(event)).toEqual({ event })
      expect(isKnownEventType(event.event_type)).toBe(true)
      expect(event.context?.client_ip_address ?? '192.0.2.').toMatch(
        /^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^2001:db8:/,
      )
    }
  })

  test('is the same with the same seed, different with another, and within its span and length', () => {
    expect(generateEvents({ ...week, stories: [name], seed: 5 })).toEqual(told)
    expect(generateEvents({ ...week, stories: [name], seed: 6 })).not.toEqual(told)
    for (let seed = 0; seed < 20; seed++) {
      const { lasts } = stories[name]
      const tight = generateEvents({ count: 0, from: until - lasts, until, stories: [name], seed })
      expect(Math.min(...tight.map(({ created_at }) => Date.parse(created_at)))).toBeGreaterThanOrEqual(
        until - lasts,
      )
      expect(Math.max(...tight.map(({ created_at }) => Date.parse(created_at)))).toBeLessThan(until)
    }
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })
})

test('stories are added to the events of the week, with ascending gids', () => {
  const alone = generateEvents({ ...week, stories: ['account-takeover', 'opened-doors'] })
  const events = generateEvents({ ...week, count: 300, stories: ['account-takeover', 'opened-doors'] })
  expect(events).toHaveLength(300 + alone.length)
  const gids = events.map(({ gid }) => gid)
  expect(gids).toEqual(gids.toSorted())
})

test('a person who loses access in a story has no other events afterwards', () => {
  const events = generateEvents({ ...week, count: 2_000, mix: 'everyday', stories: ['sabotage'] })
  const removed = events.flatMap(({ event_type, resource, created_at }) =>
    event_type === 'user_deprovisioned' ? [{ gid: resource?.gid, created_at }] : [],
  )
  expect(removed).toHaveLength(14)
  const of = (gid: unknown) => events.filter(({ actor }) => actor.gid === gid)
  expect(removed.flatMap(({ gid }) => of(gid)).length).toBeGreaterThan(20)
  const after = removed.flatMap(({ gid, created_at }) =>
    of(gid).filter((event) => event.created_at > created_at),
  )
  expect(after).toEqual([])
})

test('a week of everyday events has no change of settings, roles or accounts', () => {
  const events = generateEvents({ ...week, count: 3_000, mix: 'everyday' })
  const types = new Set(events.map(({ event_type }) => event_type))
  expect(types.size).toBeGreaterThan(15)
  expect(
    [...types].filter((type) => /^workspace_|role|service_account|deprovisioned|_disabled$/.test(type)),
  ).toEqual([])
})

test('an unknown story, or one that does not fit, is refused with its name', () => {
  const wrong = (options: object) => () => generateEvents({ ...week, ...options })
  expect(wrong({ stories: ['heist'] })).toThrow(/stories must be some of account-takeover, /)
  expect(wrong({ stories: ['opened-doors'], from: until - 3_600_000 })).toThrow(
    /opened-doors fits into: 48 hours/,
  )
})

test('the simulator serves the events of stories', async () => {
  const simulator = await startSimulator({ events: 0, stories: ['support-visit'], mix: 'everyday', days: 7 })
  expect(simulator.events.map(({ actor }) => actor.actor_type)).toEqual(['user', 'asana_support'])
  await simulator.close()
})
