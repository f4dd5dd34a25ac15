import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { archiveScene } from '../../support/archive-scene.ts'
import { type Ran, runCommand } from '../../support/run-command.ts'

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
  expect(ran.code).toBe(0)
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

test('a settings file whose pipelines write elsewhere is named', async () => {
  await archived()
  writeFileSync(file('q.yaml'), `pipelines: [{ workspace: "1", to: "file:${file('x.jsonl')}" }]`)
  const ran = await verify('--config', file('q.yaml'))
  expect(ran.stderr).toContain('None of its pipelines writes')
  expect(ran.code).toBe(2)
})
