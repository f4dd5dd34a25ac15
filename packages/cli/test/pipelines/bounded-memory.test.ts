import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough, type Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { streamSink } from '@asana-audit/otlp'
import { auditResourceAttributes, auditScope, toLogRecord } from '@asana-audit/schema'
import { generateEvents } from '@asana-audit/simulator'
import { beforeAll, expect, test } from 'vitest'
import { bin } from '../support/run-command.ts'

const perDay = 1_000
const msOfDay = 86_400_000
const someDay = '2026-01-05'

/** A day of OTLP JSON lines, with `#####` in every gid for the number of the day. */
let pattern = ''
beforeAll(async () => {
  const from = Date.parse(someDay)
  const events = generateEvents({ count: perDay, from, until: from + msOfDay })
  const stream = new PassThrough()
  const written = text(stream)
  const resource = auditResourceAttributes({ workspace: '1' })
  await streamSink({ resource, scope: auditScope, stream }).write(
    events.map((event, index) => toLogRecord({ ...event, gid: `1#####${10_000 + index}` })),
    new AbortController().signal,
  )
  stream.end()
  pattern = await written
})

async function feed(stream: Writable, days: number): Promise<void> {
  const firstDay = Math.floor(Date.now() / msOfDay) - days
  for (let day = 0; day < days; day += 1) {
    const date = new Date((firstDay + day) * msOfDay).toISOString().slice(0, 10)
    const lines = pattern.replaceAll('#####', String(10_000 + day)).replaceAll(someDay, date)
    if (!stream.write(lines)) await once(stream, 'drain')
  }
  stream.end()
}

/** Says what the process took at most, in kilobytes, at the end of stderr. */
const reportPeak = `data:text/javascript,process.on('exit',()=>process.stderr.write('peak%20'+process.resourceUsage().maxRSS))`

/** Runs the command, with little memory to spare, on an archive that is made while it is read. */
async function run(args: readonly string[], days: number) {
  const child = spawn(process.execPath, [bin, ...args], {
    env: {
      ...process.env,
      NODE_OPTIONS: `--max-old-space-size=64 --max-semi-space-size=4 --import=${reportPeak}`,
    },
  })
  const [bytes, stderr, [code]] = await Promise.all([
    child.stdout.reduce((length: number, chunk: Buffer) => length + chunk.length, 0),
    text(child.stderr),
    once(child, 'close'),
    feed(child.stdin, days),
  ])
  return { code, bytes, peak: Number(/peak (\d+)$/.exec(stderr)?.[1]) }
}

test.each([
  ['events as JSON lines', ['query', '--from', '-', '--output', 'jsonl'], 500],
  [
    'counts of values that are all different',
    ['query', '--from', '-', '--count-by', 'gid', '--output', 'csv'],
    8,
  ],
  ['a report', ['report', '--from', '-', '--since', '365d', '--out', '-'], 0],
])(
  'many days need no more memory than a few: %s',
  async (_, args, bytesForEach) => {
    const [few, many] = [await run(args, 10), await run(args, 110)]
    expect([few.code, many.code]).toEqual([0, 0])
    expect(many.bytes).toBeGreaterThan(110 * perDay * bytesForEach)
    // The archive itself has grown by 240 MB.
    expect(many.peak).toBeLessThan(few.peak + 40 * 1024)
  },
  180_000,
)
