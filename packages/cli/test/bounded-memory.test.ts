import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { streamSink } from '@asana-audit/otlp'
import { auditResourceAttributes, auditScope, toLogRecord } from '@asana-audit/schema'
import { generateEvents } from '@asana-audit/simulator'
import { expect, test } from 'vitest'
import { bin } from './run-command.ts'

const day = 86_400_000
const from = Date.now() - 360 * day
const pattern = generateEvents({ count: 2_000, from, until: from + day })

/** Says what the process took at most, in kilobytes, as the last line of stderr. */
const reportPeak = `data:text/javascript,process.on('exit',()=>process.stderr.write('peak%20'+process.resourceUsage().maxRSS))`

/** Runs the command on an archive of `count` events a day apart, made while it is read, with little memory to spare. */
async function run(args: readonly string[], count: number) {
  const child = spawn(process.execPath, [bin, ...args], {
    env: {
      ...process.env,
      NODE_OPTIONS: `--max-old-space-size=64 --max-semi-space-size=4 --import=${reportPeak}`,
    },
  })
  const output = child.stdout.reduce((length: number, chunk: Buffer) => length + chunk.length, 0)
  const [written, stderr, [code]] = await Promise.all([
    output,
    text(child.stderr),
    once(child, 'close'),
    feed(child.stdin, count),
  ])
  return { code, written, stderr, peak: Number(/peak (\d+)/.exec(stderr)?.[1]) }
}

async function feed(stream: NodeJS.WritableStream, count: number): Promise<void> {
  const resource = auditResourceAttributes({ workspace: '1' })
  const sink = streamSink({ resource, scope: auditScope, stream: stream as never })
  for (let done = 0; done < count; done += pattern.length) {
    const shift = (done / count) * 359 * day
    const events = pattern.map((event, index) => ({
      ...event,
      gid: String(1_300_000_000_000_000 + done + index),
      created_at: new Date(Date.parse(event.created_at) + shift).toISOString(),
    }))
    await sink.write(
      events.map((event) => toLogRecord(event)),
      new AbortController().signal,
    )
  }
  stream.end()
}

test.each([
  ['events as JSON lines', ['query', '--from', '-', '--output', 'jsonl']],
  ['counts of values that are all different', ['query', '--from', '-', '--count-by', 'gid']],
  ['a report', ['report', '--from', '-', '--since', '365d', '--out', '-']],
])(
  'a year takes no more memory than a day: %s',
  async (_, args) => {
    const small = await run(args, 20_000)
    const big = await run(args, 160_000)
    for (const { code, stderr } of [small, big])
      expect([code, stderr.replace(/peak \d+/, '')]).toMatchObject([0, {}])
    expect(big.peak).toBeLessThan(small.peak * 1.25)
  },
  180_000,
)
