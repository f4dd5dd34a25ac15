import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { archiveScene } from '../support/archive-scene.ts'
import { type Ran, runCommand } from '../support/run-command.ts'

const { simulator, file, env } = archiveScene()

/** Writes the settings of two pipelines: one into an archive, one into a file. */
function settings(): string[] {
  const common = `workspace: "${simulator().workspace}", fields: { actor.email: drop }`
  writeFileSync(
    file('p.yaml'),
    `pipelines:
  - { name: evidence, ${common}, to: { archive: { location: archive } } }
  - { name: siem, ${common}, to: "file:${file('a.jsonl')}" }
`,
  )
  return ['--config', file('p.yaml')]
}

const explain = (gid: string, ...more: string[]): Promise<Ran> =>
  runCommand(['explain', gid, ...settings(), ...more], env())
const flat = ({ stdout }: Ran): string => stdout.replaceAll(/\s+/g, ' ')

test('explain says what Asana, the field policy, the ledger and the archive know of an event', async () => {
  expect((await runCommand(['run', '--once', ...settings()], env())).code).toBe(0)
  const event = simulator().events[100]!
  const ran = await explain(event.gid)
  const said = flat(ran)
  expect(said).toContain(`The event ${event.gid} is ${event.event_type}, of ${event.created_at}.`)
  expect(said).toContain('Asana shows it now.')
  expect(said).toMatch(
    /The archive \S+ holds it in event\/day=\S+ It was first recorded at \S+, by entry \d+ of the lane evidence\. It holds what Asana shows now\./,
  )
  expect(said).toContain('siem: its field policy changes the event: actor.email is dropped')
  expect(said).toMatch(
    /siem: the sums of the hour agree: Asana shows \d+, and the ledger has all of them, and what they hold is the same\. So the destination \(file\) accepted it\./,
  )
  expect(said).toContain('when siem delivered it')
  expect(ran.code).toBe(0)
})

test('its JSON has the same', async () => {
  await runCommand(['run', '--once', ...settings()], env())
  const event = simulator().events[0]!
  const before = JSON.parse((await explain(event.gid, '--json')).stdout)
  expect(before).toMatchObject({
    gid: event.gid,
    asana: { shown: true },
    archives: [{ found: true, sameAsAsana: true, recorded: { lane: 'evidence', isSigned: false } }],
    pipelines: [
      { pipeline: 'evidence', destination: 'archive', askedFor: true },
      { pipeline: 'siem', quarantined: [], hour: { result: 'same' } },
    ],
  })
})

test('an archive that is named in another way than by its pipeline is told of once', async () => {
  await runCommand(['run', '--once', ...settings()], env())
  const event = simulator().events[150]!
  const { stdout } = await explain(event.gid, '--archive', `${file('archive')}/`)
  expect(stdout.match(/^The archive/gm)).toHaveLength(1)
})

test('without a state and an archive it says what is not known', async () => {
  const event = simulator().events[100]!
  const to = ['--to', `file:${file('b.jsonl')}`]
  const ran = await runCommand(['explain', event.gid, ...to, '--at', event.created_at], env())
  expect(flat(ran)).toContain('what was delivered: there is no state.')
  expect(flat(ran)).toContain('when it was first seen, and in which lane: only an archive records that.')
  expect(ran.code).toBe(0)
})

describe('with --at', () => {
  const to = (): string[] => ['--to', `file:${file('b.jsonl')}`]
  const explainAt = (gid: string, at: string): Promise<Ran> =>
    runCommand(['explain', gid, ...to(), '--at', at], env())

  test('a day is searched whole, whatever the hour of the event', async () => {
    const event = simulator().events.find(({ created_at: at }) => Number(at.slice(11, 13)) >= 12)!
    const ran = await explainAt(event.gid, event.created_at.slice(0, 10))
    expect(flat(ran)).toContain('Asana shows it now.')
    expect(ran.code).toBe(0)
  })

  test('it is said which day was searched, or which hour', async () => {
    const [day] = simulator().events[0]!.created_at.split('T')
    const next = new Date(Date.parse(day!) + 86_400_000).toISOString()
    const ofDay = await explainAt('4242', day!)
    expect(flat(ofDay)).toContain(`Asana does not show it from ${day}T00:00:00.000Z to ${next}.`)
    expect(flat(ofDay)).toContain('--since 90d in place of --at searches all that Asana keeps')
    const ofHour = await explainAt('4242', `${day}T07:30:00Z`)
    expect(flat(ofHour)).toContain(`from ${day}T07:00:00.000Z to ${day}T08:00:00.000Z.`)
  })

  test.each(['2020-01-01', '100d'])(
    'of a time before what Asana keeps, %s, it is said that it is deleted',
    async (at) => {
      const ran = await explainAt('4242', at)
      expect(flat(ran)).toContain('Asana deleted all of that time, as it does after 90 days.')
      expect(flat(ran)).not.toContain('another time')
    },
  )

  test.each(['yesterday', '2100-01-01'])('%s is refused by its name', async (at) => {
    const ran = await explainAt('4242', at)
    expect(ran.stderr).toContain('--at')
    expect(ran.code).toBe(2)
  })

  test('an object of that day that is gone is named, whatever the hour of its events', async () => {
    await runCommand(['run', '--once', ...settings()], env())
    const event = simulator().events.find(({ created_at: at }) => Number(at.slice(11, 13)) >= 12)!
    const [day] = event.created_at.split('T')
    rmSync(file(`archive/event/day=${day}`), { recursive: true })
    const ran = await runCommand(['explain', event.gid, '--archive', file('archive'), '--at', day!], {
      HOME: file('.'),
    })
    expect(flat(ran)).toContain('does not hold it in what can be read, but may have held it')
  })
})

describe('with an archive alone', () => {
  /** As an auditor asks, who has neither a token nor a state. */
  const explainAlone = (gid: string, ...more: string[]): Promise<Ran> =>
    runCommand(['explain', gid, '--archive', file('archive'), ...more], { HOME: file('.') })

  beforeEach(async () => {
    await runCommand(['run', '--once', ...settings()], env())
  })

  test('it says when that recorded the event, and that nothing else was asked', async () => {
    const event = simulator().events[100]!
    const ran = await explainAlone(event.gid)
    expect(flat(ran)).toContain(`The event ${event.gid} is ${event.event_type}, of ${event.created_at}.`)
    expect(flat(ran)).toMatch(/It was first recorded at \S+, by entry \d+ of the lane evidence\. Not known:/)
    expect(flat(ran)).toContain('which destination accepted it: give the settings of the run')
    expect(ran.code).toBe(0)
    expect(JSON.parse((await explainAlone(event.gid, '--json')).stdout)).toMatchObject({
      ...{ gid: event.gid, asana: null, pipelines: [] },
      archives: [{ found: true, recorded: { lane: 'evidence' }, sameAsAsana: null }],
    })
  })

  test('that does not hold the event it ends with 1', async () => {
    const ran = await explainAlone('4242')
    expect(flat(ran)).toMatch(
      /No place that was searched has an event 4242\. The archive \S+ does not hold it\./,
    )
    expect(ran.code).toBe(1)
  })

  test('only the day of --at is read', async () => {
    const [first, last] = [simulator().events[0]!, simulator().events.at(-1)!]
    expect((await explainAlone(first.gid, '--at', first.created_at)).code).toBe(0)
    const ran = await explainAlone(first.gid, '--at', last.created_at)
    expect(flat(ran)).toContain(`does not hold it among the events of ${last.created_at.slice(0, 10)}.`)
    expect(ran.code).toBe(1)
  })

  test('a flag of a pipeline still needs its destination', async () => {
    const ran = await explainAlone('4242', '--workspace', '12')
    expect(ran.stderr).toContain('--to')
    expect(ran.code).toBe(2)
  })
})

test('an event that nobody knows ends with 1', async () => {
  await runCommand(['run', '--once', ...settings()], env())
  const ran = await explain('4242')
  expect(flat(ran)).toContain('No place that was searched has an event 4242.')
  expect(flat(ran)).toContain('It may be of another time: --since 90d searches all that Asana keeps.')
  expect(flat(await explain('4242', '--since', '90d'))).toContain('It never did, or it deleted it')
  expect(flat(ran)).toMatch(/The archive \S+ does not hold it\./)
  expect(ran.code).toBe(1)
})

test('where the object that held it is gone, the archive is not said to lack it', async () => {
  await runCommand(['run', '--once', ...settings()], env())
  const event = simulator().events[100]!
  const day = `event/day=${event.created_at.slice(0, 10)}/`
  const objects = readdirSync(file(`archive/${day}`))
  rmSync(file(`archive/${day}`), { recursive: true })
  const ran = await explain(event.gid)
  expect(flat(ran)).toMatch(
    /does not hold it in what can be read, but may have held it: \S+ cannot be read, or is gone/,
  )
  const { archives } = JSON.parse((await explain(event.gid, '--json')).stdout)
  expect(archives).toMatchObject([{ found: false, unread: [expect.stringContaining(day)] }])
  expect(objects.map((name) => `${day}${name}`)).toContain(archives[0].unread[0])
})

test('a folder that is not an archive is refused, and not said to lack the event', async () => {
  mkdirSync(file('empty'))
  const { code, stdout, stderr } = await explain('1', '--archive', file('empty'))
  expect(code).toBe(2)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain('is not an archive: it has no _manifest. Give the folder')
  expect(stdout).toBe('')
})
