import { readFileSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import type { AuditLogEvent } from '@asana-audit/schema'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ReceivedLog } from '../../../../test/support/otlp/otlp-reader.ts'
import { type OtlpReceiver, startReceiver } from '../../../../test/support/otlp/otlp-receiver.ts'
import { listen } from '../../../../test/support/servers/listen.ts'
import { objectsIn, textOf } from '../../../archive/test/support/archive-folder.ts'
import { startPantherSource } from '../../../panther-http/test/support/panther-source.ts'
import { type Ran, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}
const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
const prefix = 'asana.audit.provenance.'

const inFolder = temporaryFolder()
let scene = ''
const file = (name: string): string => inFolder(`${scene}-${name}`)
let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ events: 120, days: 3 })
})
afterAll(() => simulator.close())
beforeEach(() => {
  scene = crypto.randomUUID()
})

const env = (more: Record<string, string> = {}): Record<string, string> => ({
  ASANA_BASE_URL: simulator.url,
  ASANA_WORKSPACE: simulator.workspace,
  ASANA_TOKEN: 'simulator-token',
  ASANA_AUDIT_STATE: file('state.db'),
  ...more,
})

async function command(args: readonly string[], more: Record<string, string> = {}): Promise<Ran> {
  const ran = await runCommand(args, env(more))
  expect(ran.code, ran.stderr).toBe(0)
  return ran
}

type Plain = Readonly<Record<string, unknown>>

const lines = (path: string): Plain[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Plain)

/** What a record says of its provenance. */
function provenanceOf({ attributes }: ReceivedLog): Plain {
  const own = [...attributes].filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
}

const uidOf = ({ attributes }: ReceivedLog): string => String(attributes.get('log.record.uid'))

/** An event of now, the newest there is. */
function addEvent(): AuditLogEvent {
  const event = {
    ...simulator.events.at(-1)!,
    gid: String(Date.now()),
    created_at: new Date().toISOString(),
  }
  simulator.add([event])
  return event
}

async function otlp(receiver: OtlpReceiver, words: readonly string[]): Promise<ReceivedLog[]> {
  const before = receiver.accepted.length
  await command([...words, '--to', 'otlp'], { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.origin })
  return receiver.accepted.slice(before).flat()
}

test('a record says where it came from, in which run and when its page came, and only on request', async () => {
  const receiver = await startReceiver()
  const from = Date.now()
  const records = await otlp(receiver, ['run', '--once', '--provenance', '--name', 'siem'])
  const until = Date.now()
  expect(records.map(uidOf)).toEqual(simulator.events.map(({ gid }) => gid))
  const { run } = provenanceOf(records[0]!)
  expect(run).toMatch(uuid)
  for (const record of records) {
    const { received_at: receivedAt, ...rest } = provenanceOf(record)
    const of = { source: 'audit_log', workspace: simulator.workspace, pipeline: 'siem', version, run }
    expect(rest).toEqual({ ...of, delivery: 'first' })
    const at = Date.parse(String(receivedAt))
    expect(at).toBeGreaterThanOrEqual(from)
    expect(at).toBeLessThanOrEqual(until)
    expect(record.observedTimeUnixNano).toBe(BigInt(at) * 1_000_000n)
  }
  const plain = await otlp(receiver, ['run', '--once', '--name', 'other'])
  expect(plain).toHaveLength(simulator.events.length)
  for (const record of plain) expect(provenanceOf(record)).toEqual({})
})

describe('an event that is delivered again', () => {
  test('after a rewind or by a backfill is a repeat, and what is new is not', async () => {
    const receiver = await startReceiver()
    const run = ['run', '--once', '--provenance', '--name', 'siem']
    const first = await otlp(receiver, run)
    const [some, older] = [simulator.events[40]!.created_at, simulator.events[20]!.created_at]
    await command(['state', 'rewind', '--to', some, '--pipeline', 'siem'])
    const added = addEvent()
    const again = await otlp(receiver, run)
    expect(again.length).toBeGreaterThan(first.length - 41)
    for (const record of again)
      expect(provenanceOf(record)).toMatchObject({
        delivery: uidOf(record) === added.gid ? 'first' : 'repeat',
      })
    expect(again.map(uidOf)).toContain(added.gid)
    const runs = new Set([...first, ...again].map((record) => provenanceOf(record)['run']))
    expect(runs.size).toBe(2)
    const filled = await otlp(receiver, ['backfill', '--provenance', '--name', 'siem', '--since', older])
    expect(filled.map(uidOf)).toContain(simulator.events[30]!.gid)
    expect(new Set(filled.map((record) => provenanceOf(record)['delivery']))).toEqual(new Set(['repeat']))
  })

  test('to repair its hour says so, beside its mark', async () => {
    const receiver = await startReceiver()
    const config = file('p.yaml')
    const to = `{ otlp: { endpoint: "${receiver.origin}/v1/logs" } }`
    const pipeline = `name: siem, workspace: "${simulator.workspace}", context: { provenance: true }, to: ${to}`
    writeFileSync(config, `pipelines: [{ ${pipeline} }]`)
    await command(['run', '--once', '--config', config])
    const before = receiver.accepted.length
    const event = simulator.events[60]!
    const { details } = event
    Object.assign(event, { details: { rewritten: 'by Asana' } })
    try {
      await command(['verify', '--repair', '--config', config])
    } finally {
      Object.assign(event, { details })
    }
    const repaired = receiver.accepted.slice(before).flat()
    expect(repaired.map(uidOf)).toContain(event.gid)
    for (const record of repaired) {
      expect(record.attributes.get('asana.audit.repair')).toBe(true)
      expect(provenanceOf(record)).toMatchObject({
        source: 'audit_log',
        delivery: 'repair',
        pipeline: 'siem',
      })
      expect(provenanceOf(record)).toHaveProperty('received_at')
    }
  })

  test('from an archive is a replay, and came when the archive recorded it', async () => {
    await command(['run', '--once', '--to', `archive:${file('archive')}`, '--name', 'evidence'])
    const replay = ['replay', '--from', file('archive'), '--provenance', '--name', 'siem', '--format', 'ecs']
    await command([...replay, '--to', `file:${file('again.jsonl')}`])
    const again = lines(file('again.jsonl'))
    expect(again).toHaveLength(simulator.events.length)
    for (const { asana, event } of again as unknown as {
      asana: { audit: { provenance: Plain } }
      event: Plain
    }[]) {
      const { received_at: receivedAt, run, ...rest } = asana.audit.provenance
      const of = { source: 'archive', workspace: simulator.workspace, pipeline: 'siem (replay)', version }
      expect(rest).toEqual({ ...of, delivery: 'replay' })
      expect(receivedAt).toBe(event['created'])
      expect(run).toMatch(uuid)
    }
  })

  test('from the quarantine says that, and not whether the destination has it', async () => {
    const { gid } = simulator.events[7]!
    let isRefusing = true
    const receiver = await startReceiver({
      instead(response, { logs }) {
        const isRefused = isRefusing && logs.some((log) => uidOf(log) === gid)
        if (isRefused) response.writeHead(400).end()
        return isRefused
      },
    })
    const to = ['--to', 'otlp', '--provenance', '--name', 'siem']
    const own = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.origin }
    await runCommand(['run', '--once', ...to], env(own))
    isRefusing = false
    const before = receiver.accepted.length
    await command(['quarantine', 'replay', ...to], own)
    const [record, ...others] = receiver.accepted.slice(before).flat()
    expect(others).toEqual([])
    expect(uidOf(record!)).toBe(gid)
    const { run, ...rest } = provenanceOf(record!)
    expect(run).toMatch(uuid)
    expect(rest).toEqual({ source: 'quarantine', workspace: simulator.workspace, pipeline: 'siem', version })
  })
})

test('pipelines that share a page have its time, and each its own name and its own repeats', async () => {
  const [one, other] = [await startReceiver(), await startReceiver()]
  const config = file('p.yaml')
  const pipelineTo = (name: string, { origin }: OtlpReceiver): string =>
    `{ name: ${name}, workspace: "${simulator.workspace}", context: { provenance: true }, to: { otlp: { endpoint: "${origin}/v1/logs" } } }`
  writeFileSync(config, `pipelines: [${pipelineTo('one', one)}, ${pipelineTo('other', other)}]`)
  await command(['run', '--once', '--config', config])
  for (const name of ['one', 'other']) await command(['state', 'rewind', '--to', '90d', '--pipeline', name])
  await command(['run', '--once', '--config', config])
  const said = (receiver: OtlpReceiver): Plain[] => receiver.accepted.flat().map(provenanceOf)
  const times = (receiver: OtlpReceiver): unknown[] => said(receiver).map(({ received_at: at }) => at)
  expect(new Set(said(one).map(({ pipeline }) => pipeline))).toEqual(new Set(['one']))
  expect(new Set(said(other).map(({ pipeline }) => pipeline))).toEqual(new Set(['other']))
  const half = simulator.events.length
  expect(times(one).slice(0, half)).toEqual(times(other).slice(0, half))
  for (const receiver of [one, other]) {
    const deliveries = said(receiver).map(({ delivery }) => delivery)
    expect(deliveries).toEqual([...Array(half).fill('first'), ...Array(half).fill('repeat')])
  }
})

describe('each form has it', () => {
  const ofAttributes = (holder: unknown): Plain =>
    Object.fromEntries(
      Object.entries(holder as Plain).flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
      ),
    )
  const ofContext = (holder: unknown): Plain =>
    (holder as { asana: { audit: { provenance: Plain } } }).asana.audit.provenance
  const first = { source: 'audit_log', pipeline: 'siem', version, delivery: 'first' }

  test.each([
    ['event', (line: Plain) => ofContext(line['asana_audit_context'])],
    ['panther', (line: Plain) => ofContext(line['asana_audit_context'])],
    ['ecs', (line: Plain) => ofContext(line)],
    [
      'ocsf',
      (line: Plain) =>
        ofContext(
          (line['enrichments'] as { type: string; data: unknown }[]).find(({ type }) => type === 'provenance')
            ?.data,
        ),
    ],
    ['cim', ofAttributes],
    ['udm', (line: Plain) => ofAttributes(line['additional'])],
    ['asim', (line: Plain) => ofAttributes(line['AdditionalFields'])],
  ])('lines of the dialect %s, and it is no part of the event', async (dialect, read) => {
    const path = file('lines.jsonl')
    await command([
      'run',
      '--once',
      '--provenance',
      '--name',
      'siem',
      '--to',
      `file:${path}`,
      '--format',
      dialect,
    ])
    const written = lines(path)
    expect(written).toHaveLength(simulator.events.length)
    for (const line of written) {
      expect(read(line)).toMatchObject({ ...first, workspace: simulator.workspace })
      expect(read(line)['received_at']).toMatch(/^\d{4}-.+Z$/)
      expect(read(line)['run']).toMatch(uuid)
    }
    if (dialect !== 'event') return
    const { stdout } = await command(['convert', '--format', 'event', path])
    expect(stdout).not.toContain('provenance')
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as AuditLogEvent).gid),
    ).toEqual(simulator.events.map(({ gid }) => gid))
  })

  test.each([
    ['asana', 'asana_provenance_'],
    ['otel', prefix],
  ])('indexed fields of Splunk, in the format %s', async (format, start) => {
    const received: Plain[] = []
    const url = await listen(async (request, response) => {
      const isZipped = request.headers['content-encoding'] === 'gzip'
      const body = await text(isZipped ? request.pipe(createGunzip()) : request)
      received.push(...(body === '' ? [] : body.trim().split('\n')).map((line) => JSON.parse(line) as Plain))
      response.end('{"text":"Success","code":0}')
    })
    await command(
      ['run', '--once', '--provenance', '--name', 'siem', '--to', 'splunk-hec', '--hec-format', format],
      { SPLUNK_HEC_URL: url, SPLUNK_HEC_TOKEN: 't' },
    )
    expect(received).toHaveLength(simulator.events.length)
    for (const { fields } of received) {
      expect(fields).toMatchObject({
        [`${start}source`]: 'audit_log',
        [`${start}pipeline`]: 'siem',
        [`${start}delivery`]: 'first',
        [`${start}run`]: expect.stringMatching(uuid),
        [`${start}received_at`]: expect.stringMatching(/Z$/),
      })
    }
  })

  test('what Panther gets', async () => {
    const panther = await startPantherSource()
    await command(['run', '--once', '--provenance', '--name', 'siem', '--to', 'panther-http'], {
      PANTHER_HTTP_URL: panther.url,
      PANTHER_HTTP_SECRET: 'panther-s3cret',
    })
    const sent = panther.posts.flatMap((post) => post.lines.map((line) => JSON.parse(line) as Plain))
    expect(sent).toHaveLength(simulator.events.length)
    for (const event of sent) expect(ofContext(event['asana_audit_context'])).toMatchObject(first)
  })

  test('but an archive, which keeps events as they are, and says so', async () => {
    const write = (name: string, more: readonly string[]): Promise<Ran> =>
      command(['run', '--once', '--log', 'human', '--name', name, '--to', `archive:${file(name)}`, ...more])
    await write('plain', [])
    const { stderr } = await write('asked', ['--provenance'])
    expect(stderr).toContain('an archive keeps events as Asana sent them')
    const textsIn = async (folder: string): Promise<string> =>
      (await Promise.all((await objectsIn(folder)).map((key) => textOf(folder, key)))).join('')
    expect(await textsIn(file('asked'))).toBe(await textsIn(file('plain')))
  })
})
