import { writeFileSync } from 'node:fs'
import { startSimulator } from '@asana-audit/simulator'
import { describe, expect, test } from 'vitest'
import { comparedText } from '../../../src/commands/archive/compare-with-asana.ts'
import { archiveScene } from '../../support/archive-scene.ts'
import { type Ran, runCommand } from '../../support/run-command.ts'

const dayMs = 86_400_000
const { simulator, file, env, inYaml } = archiveScene()

const archived = async (): Promise<string[]> => {
  const config = ['--config', inYaml('{ location: archive }')]
  expect((await runCommand(['run', '--once', ...config], env())).code).toBe(0)
  return config
}
const verify = (...more: string[]): Promise<Ran> =>
  runCommand(['archive', 'verify', file('archive'), '--asana', ...more], env())
const verifyWithoutState = (): Promise<Ran> =>
  runCommand(['archive', 'verify', file('archive'), '--asana'], {
    ...env(),
    ASANA_AUDIT_STATE: file('other.db'),
  })
const flat = ({ stdout }: Ran): string => stdout.replaceAll(/\s+/g, ' ')

/** Asana rewrites an event, for one test. */
function rewritten(number: number): { readonly gid: string; readonly undo: () => void } {
  const event = simulator().events[number]!
  const { details } = event
  Object.assign(event, { details: { rewritten: true } })
  return { gid: event.gid, undo: () => Object.assign(event, { details }) }
}

test('archive verify --asana agrees while Asana shows what was archived', async () => {
  const config = await archived()
  const ran = await verify(...config)
  expect(flat(ran)).toMatch(/Compared with Asana, event by event: \S+ to \S+\./)
  expect(flat(ran)).toContain('the archive holds every event that Asana shows now, unchanged.')
  expect(ran.code).toBe(0)
})

/** Archives events of these ages alone, and verifies them without the state: it is the time of the events that is compared. */
async function verifiedWithAges(...ages: readonly number[]): Promise<Ran> {
  const { gid: _, created_at: __, ...rest } = simulator().events[0]!
  await using asana = await startSimulator({ events: 0 })
  const times = ages.map((age) => new Date(Date.now() - age).toISOString())
  asana.add(times.map((created_at, index) => ({ ...rest, gid: String(7_000 + index), created_at })))
  const of = { ...env(), ASANA_BASE_URL: asana.url, ASANA_WORKSPACE: asana.workspace }
  expect((await runCommand(['run', '--once', '--to', `archive:${file('archive')}`], of)).code).toBe(0)
  const other = { ...of, ASANA_AUDIT_STATE: file('other.db') }
  return await runCommand(['archive', 'verify', file('archive'), '--asana'], other)
}

test('archive verify --asana says that it did not compare the newest events', async () => {
  const ran = await verifiedWithAges(3 * dayMs, 2 * dayMs, 0)
  expect(flat(ran)).toMatch(/Compared with Asana, event by event: \S+ to \S+\./)
  expect(flat(ran)).toContain('What else it holds was not compared')
  expect(ran.code).toBe(0)
})

test('a gap between two ranges that were compared is named, and an empty archive has none', () => {
  const day = (number: number): string => `2026-05-0${number}T00:00:00.000Z`
  const [archived, gap] = [{ first: day(1), last: day(8) }, 'What else it holds was not compared']
  const both = [
    { from: day(1), until: day(3) },
    { from: day(5), until: day(9) },
  ]
  expect(comparedText(both, archived)).toContain(gap)
  expect(comparedText([{ from: day(1), until: day(9) }], archived)).not.toContain(gap)
  expect(comparedText(both, { first: undefined, last: undefined })).not.toContain(gap)
})

test('archive verify --asana ends with 1 if nothing could be compared', async () => {
  // Late events may still come between these two.
  const ran = await verifiedWithAges(60_000, 0)
  expect(flat(ran)).toContain('! Nothing was compared with Asana')
  expect(flat(ran)).toContain('Everything is as the manifest says')
  expect(flat(ran)).not.toContain('holds every event that Asana shows')
  expect(ran.code).toBe(1)
})

test('archive verify --asana names what Asana has rewritten, and what it shows and the archive does not hold', async () => {
  const config = await archived()
  const { gid, undo } = rewritten(60)
  const late = { ...simulator().events[61]!, gid: '4242' }
  simulator().add([late])
  try {
    const ran = await verify(...config, '--json')
    const { problems } = JSON.parse(ran.stdout) as { problems: { code: string; gid: string }[] }
    expect(problems.map((one) => `${one.code} ${one.gid}`).toSorted()).toEqual([
      'not_archived 4242',
      `rewritten ${gid}`,
    ])
    expect(ran.code).toBe(1)
    // Without a state it compares what lies between the first and the last archived event.
    const named = await verifyWithoutState()
    expect(flat(named)).toContain(`The event ${gid} in event/day=`)
  } finally {
    undo()
  }
})

test('verify names the event that Asana has rewritten, by an archive of the workspace', async () => {
  const config = await archived()
  const { gid, undo } = rewritten(90)
  try {
    const ran = await runCommand(['verify', ...config], env())
    expect(flat(ran)).toContain(
      `Asana has rewritten ${gid}; ${file('archive')} holds it as it was, in event/day=`,
    )
    expect(ran.code).toBe(1)
  } finally {
    undo()
  }
})

describe('the requests that a comparison makes', () => {
  const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString()

  /** The requests of `archive verify --asana`, for an archive of these events alone. */
  async function requestsFor(times: readonly string[], ...more: string[]): Promise<number> {
    const { gid: _, created_at: __, ...rest } = simulator().events[0]!
    await using asana = await startSimulator({ events: 0 })
    asana.add(times.map((created_at, index) => ({ ...rest, gid: String(4_000 + index), created_at })))
    const of = { ...env(), ASANA_BASE_URL: asana.url, ASANA_WORKSPACE: asana.workspace }
    const to = ['--to', `archive:${file('archive')}`]
    expect((await runCommand(['run', '--once', ...to], of)).code).toBe(0)
    const before = asana.stats.requests
    // Without the state it is the time of the events that is compared.
    const other = { ...of, ASANA_AUDIT_STATE: file('other.db') }
    const ran = await runCommand(['archive', 'verify', file('archive'), '--asana', ...more], other)
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' })
    return asana.stats.requests - before
  }

  test('are a handful for a month without events', async () => {
    expect(await requestsFor([daysAgo(31), daysAgo(1)])).toBeLessThanOrEqual(15)
  })

  test('are some more for all that Asana keeps, and not one an hour', async () => {
    expect(await requestsFor([daysAgo(88), daysAgo(1)])).toBeLessThanOrEqual(40)
  })

  test('are those of the pages for half a day', async () => {
    const hours = Array.from({ length: 12 }, (_, hour) => daysAgo(2 - hour / 24))
    expect(await requestsFor(hours)).toBeLessThanOrEqual(2)
  })

  test('can be limited', async () => {
    await requestsFor([daysAgo(3), daysAgo(1)], '--requests-per-minute', '600')
    const wrong = await verify('--requests-per-minute', 'many')
    expect(wrong.stderr).toContain('--requests-per-minute')
    expect(wrong.code).toBe(2)
  })
})

test('a settings file whose pipelines write elsewhere is named', async () => {
  await archived()
  writeFileSync(file('q.yaml'), `pipelines: [{ workspace: "1", to: "file:${file('x.jsonl')}" }]`)
  const ran = await verify('--config', file('q.yaml'))
  expect(ran.stderr).toContain('None of its pipelines writes')
  expect(ran.code).toBe(2)
})
