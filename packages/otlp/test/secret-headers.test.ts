import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { neverAborted } from '../../jsonl/test/support/never-aborted.ts'
import { type OtlpSinkOptions, otlpOptionsFromEnv, otlpSink, type SinkWarning } from '../src/index.ts'
import { faultOf } from './support/fault-of.ts'
import { type Receiver, startReceiver } from './support/receiver.ts'
import { origin, records } from './support/records.ts'

/** Takes only the keys in `valid`, and repeats what it was sent when it refuses. */
async function receiverThatTakes(valid: Set<string>): Promise<Receiver> {
  const receiver: Receiver = await startReceiver((response) => {
    const key = String(receiver.requests.at(-1)?.headers['x-api-key'])
    if (valid.has(key)) response.writeHead(200).end()
    else response.writeHead(401).end(`You sent ${key}`)
  })
  return receiver
}

const keysSentTo = ({ requests }: Receiver): unknown[] => requests.map(({ headers }) => headers['x-api-key'])

function sinkTo({ url }: Receiver, options: Partial<OtlpSinkOptions>): ReturnType<typeof otlpSink> {
  const sink = otlpSink({ ...origin, url, ...options })
  onTestFinished(() => sink.close())
  return sink
}

test('headers of a file that was replaced are used at once if the old ones are refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'secret-headers-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'headers')
  writeFileSync(path, 'x-api-key=old-key-1\nx-tenant=security\n')
  const valid = new Set(['old-key-1'])
  const receiver = await receiverThatTakes(valid)
  const read = await otlpOptionsFromEnv({ OTEL_EXPORTER_OTLP_HEADERS_FILE: path })
  expect(read).toMatchObject({ headersFrom: [`the file ${path}`] })
  const secretHeaders = read.options?.secretHeaders
  const sink = sinkTo(receiver, { secretHeaders })
  await sink.write(records(1), neverAborted)
  writeFileSync(`${path}.new`, 'x-api-key=new-key-1')
  renameSync(`${path}.new`, path)
  valid.clear()
  valid.add('new-key-1')
  await sink.write(records(1), neverAborted)
  // The old ones may be left already by the look that the file gets each second.
  expect([...new Set(keysSentTo(receiver))]).toEqual(['old-key-1', 'new-key-1'])
  expect(receiver.requests[0]?.headers['x-tenant']).toBe('security')
})

test('second headers are used while the first are refused, which is said once and shows neither', async () => {
  const receiver = await receiverThatTakes(new Set(['second-key']))
  const warnings: SinkWarning[] = []
  const [secretHeaders, secondHeaders] = ['x-api-key=first-key', 'x-api-key=second-key']
  const sink = sinkTo(receiver, { secretHeaders, secondHeaders, onWarning: (one) => warnings.push(one) })
  for (const _ of [1, 2, 3]) await sink.write(records(1), neverAborted)
  expect(keysSentTo(receiver)).toEqual(['first-key', 'second-key', 'second-key', 'second-key'])
  expect(warnings.map(({ code }) => code)).toEqual(['second_headers'])
  expect(JSON.stringify(warnings)).not.toMatch(/first-key|second-key/)
})

test.each(['x-api-key=second-key', undefined])(
  'that earlier headers are in use is said once, with second ones (%s) too',
  async (secondHeaders) => {
    const receiver = await receiverThatTakes(new Set(['first-key']))
    const warnings: SinkWarning[] = []
    const aged = { oldBecause: () => 'The file has vanished.' }
    const secretHeaders = Object.assign(() => 'x-api-key=first-key', aged)
    const sink = sinkTo(receiver, { secretHeaders, secondHeaders, onWarning: (one) => warnings.push(one) })
    for (const _ of [1, 2]) await sink.write(records(1), neverAborted)
    expect(warnings).toEqual([{ code: 'old_credentials', message: 'The file has vanished.' }])
  },
)

test('a receiver that repeats refused headers gets them into no error', async () => {
  const receiver = await receiverThatTakes(new Set())
  const found = await faultOf(
    sinkTo(receiver, { secretHeaders: () => 'x-api-key=first-key' }).write(records(1), neverAborted),
  )
  expect(found).toMatchObject({ fault: 'fatal', code: 'unauthorized' })
  expect(found.message).not.toContain('first-key')
})

test.each(['', 'first-key', 'x-api-key: first-key', 'content-type=first-key'])(
  '%j cannot be sent as headers, and is not quoted',
  async (text) => {
    const receiver = await receiverThatTakes(new Set())
    const found = await faultOf(
      sinkTo(receiver, { secretHeaders: () => text }).write(records(1), neverAborted),
    )
    expect(found).toMatchObject({ fault: 'fatal', code: 'bad_headers' })
    expect(found.message).not.toContain('first-key')
    expect(receiver.requests).toEqual([])
  },
)

test('a pause of the sink ends when its headers change, and a sink with fixed headers has no such end', async () => {
  const receiver = await receiverThatTakes(new Set())
  let key = 'old-key-1'
  const sink = sinkTo(receiver, { secretHeaders: () => `x-api-key=${key}` })
  await faultOf(sink.write(records(1), neverAborted))
  key = 'new-key-1'
  await sink.changed?.(neverAborted)
  expect(sink.changed).toBeTypeOf('function')
  expect(sinkTo(receiver, { headers: { 'x-api-key': 'k' } }).changed).toBeUndefined()
})

test('wrong settings of secret headers are problems with their names, all at once, without the secret', async () => {
  const { problems = [] } = await otlpOptionsFromEnv({
    OTEL_EXPORTER_OTLP_HEADERS_EXEC: 'echo first-key',
    OTEL_EXPORTER_OTLP_SECOND_HEADERS_FILE: '/nowhere/headers',
  })
  expect(problems).toEqual([
    { setting: 'OTEL_EXPORTER_OTLP_HEADERS_EXEC', message: expect.stringContaining('has no "="') },
    {
      setting: 'OTEL_EXPORTER_OTLP_SECOND_HEADERS_FILE',
      message: expect.stringContaining('(/nowhere/headers) cannot be read (ENOENT)'),
    },
  ])
  expect(JSON.stringify(problems)).not.toContain('first-key')
  const alone = await otlpOptionsFromEnv({ OTEL_EXPORTER_OTLP_SECOND_HEADERS: 'x-api-key=k' })
  expect(alone.problems).toEqual([
    {
      setting: 'OTEL_EXPORTER_OTLP_SECOND_HEADERS',
      message: expect.stringContaining('There are no first ones'),
    },
  ])
})
