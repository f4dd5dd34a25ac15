import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startReceiver } from '../../../../../test/support/otlp/otlp-receiver.ts'
import { archiveScene } from '../../support/archive-scene.ts'
import { startHecCollector } from '../../support/hec-collector.ts'
import { type Ran, runCommand } from '../../support/run-command.ts'

const { simulator, file, env } = archiveScene()
const mark = 'asana.audit.repair'
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ')

type Plain = Readonly<Record<string, unknown>>

/** Asana rewrites an event, for one test. */
function changedByAsana(number: number): { rewritten: string; hour: string; undo: () => void } {
  const event = simulator().events[number]!
  const { details, gid, created_at } = event
  Object.assign(event, { details: { rewritten: 'by Asana' } })
  return { rewritten: gid, hour: created_at.slice(0, 13), undo: () => Object.assign(event, { details }) }
}

test('an event that Asana rewrote is delivered again with its hour, marked; an archive keeps what came first, and says so', async () => {
  const receiver = await startReceiver()
  const workspace = `workspace: "${simulator().workspace}"`
  writeFileSync(
    file('p.yaml'),
    `pipelines:
  - { name: evidence, ${workspace}, to: { archive: { location: archive } } }
  - { name: siem, ${workspace}, to: { otlp: { endpoint: "${receiver.origin}/v1/logs" } } }
`,
  )
  const config = ['--config', file('p.yaml')]
  const command = (...words: string[]): Promise<Ran> => runCommand([...words, ...config], env())
  expect((await command('run', '--once')).code).toBe(0)
  const before = receiver.accepted.flat().length
  expect(receiver.accepted.flat().every(({ attributes }) => !attributes.has(mark))).toBe(true)
  const { rewritten, hour, undo } = changedByAsana(150)
  try {
    const found = await command('verify')
    expect(found.code).toBe(1)
    expect(flat(found.stdout)).toContain(`Asana has rewritten ${rewritten}; ${file('archive')} holds it`)
    const repaired = await command('verify', '--repair')
    expect(flat(repaired.stderr)).toContain(`The event ${rewritten} comes again with another content than`)
    expect(flat(repaired.stderr)).toContain('The archive keeps what came first')
    expect(repaired.code).toBe(0)
    const again = receiver.accepted.flat().slice(before)
    const expected = simulator().events.filter(({ created_at }) => created_at.startsWith(hour))
    const idOf = ({ attributes }: (typeof again)[0]): unknown => attributes.get('log.record.uid')
    expect(again.map(idOf).toSorted()).toEqual(expected.map(({ gid }) => gid).toSorted())
    for (const { attributes } of again) {
      expect(attributes.get(mark)).toBe(true)
      expect(attributes.has('asana.audit.replay')).toBe(false)
    }
    const details = again.find((one) => idOf(one) === rewritten)!.attributes.get('asana.audit.details')
    expect(details).toBe('{"rewritten":"by Asana"}')
    expect((await command('verify')).code).toBe(0)
    const evidence = await command('archive', 'verify', file('archive'), '--asana', '--json')
    const { problems } = JSON.parse(evidence.stdout) as { problems: { code: string; gid: string }[] }
    expect(problems.map(({ code, gid }) => `${code} ${gid}`)).toEqual([`rewritten ${rewritten}`])
  } finally {
    undo()
  }
})

test('a repair keeps the head of the archive, so that entries which it wrote cannot be taken away unseen', async () => {
  const command = (...words: string[]): Promise<Ran> =>
    runCommand([...words, '--to', `archive:${file('archive')}`], env())
  expect((await command('run', '--once')).code).toBe(0)
  const head = async (): Promise<string> => {
    const { stdout } = await runCommand(['archive', 'verify', file('archive'), '--json'], env())
    return (JSON.parse(stdout) as { lanes: { head: string }[] }).lanes[0]!.head
  }
  const first = await head()
  simulator().add([{ ...simulator().events[100]!, gid: '4242' }])
  expect((await command('verify', '--repair')).code).toBe(0)
  const second = await head()
  expect(second).not.toBe(first)
  const exported = await runCommand(['state', 'export'], env())
  expect(exported.stdout).toContain(second)
})

const marks: Readonly<Record<string, (line: Plain) => unknown>> = {
  event: (line) => line['asana_audit_repair'],
  panther: (line) => line['asana_audit_repair'],
  cim: (line) => line[mark] === 'true',
  ecs: (line) => (line['asana'] as { audit: Plain }).audit['repair'],
  udm: (line) => (line['additional'] as Plain)[mark],
  asim: (line) => (line['AdditionalFields'] as Plain)[mark],
  ocsf: (line) => (line['metadata'] as { labels?: string[] }).labels?.includes(mark) ?? false,
}

test.each(Object.entries(marks))(
  'has its mark in the dialect %s, and nothing else has it',
  async (format, of) => {
    const to = ['--to', `file:${file('a.jsonl')}`, '--format', format]
    await runCommand(['run', '--once', ...to], env())
    const { hour, undo } = changedByAsana(120)
    try {
      const before = readFileSync(file('a.jsonl'), 'utf8')
      expect((await runCommand(['verify', '--repair', ...to], env())).code).toBe(0)
      const after = readFileSync(file('a.jsonl'), 'utf8')
      const marked = (text: string): boolean[] =>
        text
          .split('\n')
          .filter(Boolean)
          .map((line) => of(JSON.parse(line) as Plain) === true)
      const inHour = simulator().events.filter(({ created_at }) => created_at.startsWith(hour))
      expect(marked(before)).not.toContain(true)
      expect(marked(after.slice(before.length))).toEqual(inHour.map(() => true))
      if (format !== 'event') return
      const { stdout } = await runCommand(['convert', '--format', 'event', file('a.jsonl')])
      expect(stdout).not.toContain('asana_audit_repair')
    } finally {
      undo()
    }
  },
)

test.each(['asana', 'otel'])('is marked in Splunk, in the format %s', async (format) => {
  const { url, events } = await startHecCollector()
  const splunk = { ...env(), SPLUNK_HEC_URL: url, SPLUNK_HEC_TOKEN: '7e5d1f0c-1111-4222-8333-444455556666' }
  const to = ['--to', 'splunk-hec', '--hec-format', format]
  await runCommand(['run', '--once', ...to], splunk)
  const before = events.length
  const { undo } = changedByAsana(90)
  try {
    expect((await runCommand(['verify', '--repair', ...to], splunk)).code).toBe(0)
    const field = format === 'asana' ? 'asana_repair' : mark
    expect(events.slice(0, before).some(({ fields }) => field in fields)).toBe(false)
    expect(events.length).toBeGreaterThan(before)
    for (const { fields } of events.slice(before)) {
      expect(fields[field]).toBe(true)
      expect(fields).not.toHaveProperty(format === 'asana' ? 'asana_replay' : 'asana.audit.replay')
    }
  } finally {
    undo()
  }
})
