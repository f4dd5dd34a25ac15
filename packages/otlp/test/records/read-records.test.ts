import { createReadStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import {
  type AuditLogEvent,
  type AuditLogRecord,
  fromLogRecord,
  keepAll,
  toLogRecord,
} from '@asana-audit/schema'
import { writeLogRecord } from '@asana-audit/schema/encoder'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { neverAborted } from '../../../jsonl/test/support/never-aborted.ts'
import { tempDir } from '../../../jsonl/test/support/temp-dir.ts'
import { arbitraryEvent } from '../../../schema/test/support/arbitrary-event.ts'
import { sameJson } from '../../../schema/test/support/same-json.ts'
import { jsonLines } from '../../src/encoding/json-lines.ts'
import { type DecodedRecord, fileSink, type LineProblem, readRecords } from '../../src/index.ts'
import { faultOf } from '../support/fault-of.ts'
import { anyRecord, origin, record, records } from '../support/records.ts'

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

interface Read {
  readonly records: DecodedRecord[]
  readonly problems: LineProblem[]
}

async function read(
  bytes: Uint8Array | string,
  { chunk = 65_536, maxLineBytes }: { chunk?: number; maxLineBytes?: number } = {},
): Promise<Read> {
  const problems: LineProblem[] = []
  const input = inChunks(Buffer.from(bytes), chunk)
  const onProblem = (problem: LineProblem) => problems.push(problem)
  const found = await collect(readRecords({ input, name: 'a.jsonl', maxLineBytes, onProblem }))
  return { records: found, problems }
}

const uids = ({ records }: Read) => records.map(({ attributes }) => attributes['log.record.uid'])

function encoded(some: readonly AuditLogRecord[]): Buffer {
  return Buffer.concat([...jsonLines(origin)(some)].map(({ bytes }) => bytes))
}

test.each(['json', 'structured'] as const)(
  'an event written as a line at once has the same bytes as its record, with details as %s',
  (details) => {
    const options = {
      fieldPolicy: keepAll,
      details,
      observedTimestamp: [1_763_780_700, 0] as [number, number],
    }
    const atOnce = jsonLines<AuditLogEvent>(origin, undefined, (event, put) =>
      writeLogRecord(event, put, options),
    )
    fc.assert(
      fc.property(fc.array(arbitraryEvent, { minLength: 1, maxLength: 3 }), (events) => {
        const lines = Buffer.concat([...atOnce(events)].map(({ bytes }) => bytes))
        expect(lines.equals(encoded(events.map((event) => toLogRecord(event, options))))).toBe(true)
      }),
    )
  },
)

/** A value as OTLP/JSON keeps it: its text is well-formed, and integers past 2^53 are doubles. */
function carried(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(carried)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), carried(inner)]))
}

test('every record that the sink writes is read back: times, body, nested attributes, unusual keys', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyRecord, { minLength: 1, maxLength: 4 }),
      fc.nat(500),
      async (some, chunk) => {
        const { records: found, problems } = await read(encoded(some), { chunk: chunk + 1 })
        expect(problems).toEqual([])
        const { name, version } = origin.scope
        const written = some.map((one) => ({
          ...(carried(one) as object),
          resource: origin.resource,
          scope: { name, version },
        }))
        expect(isDeepStrictEqual(found, written)).toBe(true)
      },
    ),
    { numRuns: 100 },
  )
})

test.each(['json', 'structured'] as const)(
  'every event is restored whole, with %s details',
  async (details) => {
    const events = fc.sample(arbitraryEvent, 60)
    const path = join(tempDir(), 'audit.jsonl')
    const sink = fileSink({ ...origin, path })
    await sink.write(
      events.map((event) => toLogRecord(event, { fieldPolicy: keepAll, details })),
      neverAborted,
    )
    await sink.close?.()
    const problems: LineProblem[] = []
    const input = createReadStream(path)
    const back = readRecords({ input, name: path, onProblem: (problem) => problems.push(problem) })
    const found = (await collect(back)).map(fromLogRecord)
    expect(problems).toEqual([])
    expect(found.length).toBe(events.length)
    for (const [index, event] of events.entries()) expect(sameJson(found[index], event)).toBe(true)
  },
)

test('gzip is recognised by its first bytes, in chunks of any size and in several members', async () => {
  const bytes = Buffer.concat([gzipSync(encoded(records(3))), gzipSync(encoded([record('3')]))])
  for (const chunk of [1, 7, 65_536]) expect(uids(await read(bytes, { chunk }))).toEqual(['0', '1', '2', '3'])
})

test('a byte order mark, CR LF and empty lines do no harm', async () => {
  const line = encoded([record('1')])
    .toString()
    .trim()
  const all = await read(`\ufeff${line}\r\n\r\n\n${line}`)
  expect(all.problems).toEqual([])
  expect(uids(all)).toEqual(['1', '1'])
  expect(uids(await read(''))).toEqual([])
})

test.each([
  ['text that is not JSON', '{"resourceLogs":[', 'it is not JSON'],
  ['another signal', '{"resourceSpans":[]}', 'it has no list resourceLogs'],
  ['a number', '17', 'it is not an object'],
  ['null', 'null', 'it is not an object'],
  ['a record that is not an object', '{"resourceLogs":[{"scopeLogs":[{"logRecords":[1]}]}]}', 'logRecords'],
  [
    'attributes that are not a list',
    '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":{}}]}]}]}',
    'list',
  ],
  ['zeros left by a power failure', '\0\0\0\0', 'it is not JSON'],
  ['broken UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'UTF-8'],
])(
  '%s in a line is reported with the number of the line, and the lines around it are read',
  async (_, line, reason) => {
    const good = encoded([record('1')])
    const found = await read(Buffer.concat([good, Buffer.from(line), Buffer.from('\n'), good]))
    expect(uids(found)).toEqual(['1', '1'])
    expect(found.problems).toMatchObject([{ code: 'not_logs_data', name: 'a.jsonl', line: 2 }])
    expect(found.problems[0]?.message).toMatch(/^a\.jsonl, line 2: /)
    expect(found.problems[0]?.message).toContain(reason)
  },
)

test('half a line at the end has another code than a damaged line', async () => {
  const good = encoded([record('1'), record('2')])
  const found = await read(Buffer.concat([good, good.subarray(0, -20)]))
  expect(uids(found)).toEqual(['1', '2'])
  expect(found.problems).toMatchObject([{ code: 'torn_line', line: 2 }])
})

test('a line over the limit is skipped in bounded memory, however long it is', async () => {
  const good = encoded([record('1')])
  const parts: WeakRef<ArrayBuffer>[] = []
  let held = Number.POSITIVE_INFINITY
  const long = Readable.from(
    (async function* () {
      yield good
      for (let i = 0; i < 200; i += 1) {
        const part = Buffer.alloc(65_536, 'x')
        parts.push(new WeakRef(part.buffer))
        yield part
      }
      // A new reference holds its object until the microtasks have run.
      await setImmediate()
      // The garbage collector is run first, because the memory in use depends on when it last ran.
      collectGarbage()
      held = parts.filter((part) => part.deref() !== undefined).length
      yield Buffer.concat([Buffer.from('\n'), good])
    })(),
  )
  const problems: LineProblem[] = []
  const onProblem = (problem: LineProblem) => problems.push(problem)
  const found = await collect(readRecords({ input: long, name: 'a', maxLineBytes: 100_000, onProblem }))
  expect(found.length).toBe(2)
  expect(problems).toMatchObject([{ code: 'line_too_long', line: 2 }])
  // Some parts wait in the buffer of the stream; none is kept as a part of the line.
  expect(held).toBeLessThan(50)
})

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

test('nesting that would overflow the stack is reported as a problem of its line', async () => {
  const deep = `${'{"arrayValue":{"values":['.repeat(20_000)}{}${']}}'.repeat(20_000)}`
  const line = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[{"key":"a","value":${deep}}]}]}]}]}\n`
  const found = await read(line)
  expect(found.problems).toMatchObject([{ code: 'not_logs_data', line: 1 }])
})

test('the forms of other writers are read: numbers for integers, text for doubles, null, integers past 2^53', async () => {
  const attributes = [
    ['number', { intValue: 5 }],
    ['text', { intValue: '-7' }],
    ['big', { intValue: '9223372036854775807' }],
    ['nan', { doubleValue: 'NaN' }],
    ['infinite', { doubleValue: '-Infinity' }],
    ['bytes', { bytesValue: 'AAEC' }],
    ['empty', {}],
    ['null', null],
    ['none', { arrayValue: {} }],
  ].map(([key, value]) => ({ key, value }))
  const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes, timeUnixNano: 1 }] }] }] }
  const { records: found } = await read(`${JSON.stringify(logs)}\n`)
  expect(found[0]).toEqual({
    eventName: '',
    timestamp: [0, 1],
    observedTimestamp: [0, 0],
    severityNumber: 0,
    body: null,
    attributes: {
      number: 5,
      text: -7,
      big: '9223372036854775807',
      nan: Number.NaN,
      infinite: Number.NEGATIVE_INFINITY,
      bytes: 'AAEC',
      empty: null,
      null: null,
      none: [],
    },
    resource: {},
    scope: { name: '', version: '' },
  })
})

test('incomplete gzip is read up to its end, then a fault names input and line', async () => {
  const lines = Buffer.concat(Array.from({ length: 3_000 }, (_, i) => encoded([record(String(i))])))
  const cut = gzipSync(lines).subarray(0, -2_000)
  const found: DecodedRecord[] = []
  const reading = async () => {
    const input = inChunks(cut, 4_096)
    for await (const one of readRecords({ input, name: 'b.gz', onProblem: () => {} })) found.push(one)
  }
  const fault = await faultOf(reading())
  expect(fault).toMatchObject({ fault: 'fatal', code: 'unreadable_archive' })
  expect(fault.message).toMatch(/^b\.gz is damaged gzip after line \d+/)
  expect(found.length).toBeGreaterThan(100)
})

test('a missing file is a fault', async () => {
  const input = createReadStream(join(tempDir(), 'none'))
  const fault = await faultOf(readRecords({ input, name: 'none', onProblem: () => {} }).next())
  expect(fault).toMatchObject({ code: 'unreadable_archive', message: 'none cannot be read (ENOENT).' })
})

test('a reader that stops early closes the input', async () => {
  for (const bytes of [encoded(records(5)), gzipSync(encoded(records(5)))]) {
    const path = join(tempDir(), 'a')
    writeFileSync(path, bytes)
    const input = createReadStream(path)
    for await (const _ of readRecords({ input, name: path, onProblem: () => {} })) break
    await expect.poll(() => input.destroyed).toBe(true)
  }
})
