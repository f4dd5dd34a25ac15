import { appendFileSync, existsSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  expectTidy,
  type Running,
  runCommand,
  startCommand,
  temporaryFolder,
} from '../support/commands/run-command.ts'
import { logsFromJson, type ReceivedLog } from '../support/otlp/otlp-reader.ts'
import { startReceiver } from '../support/otlp/otlp-receiver.ts'
import { gidOf, loginEvent, startAsana } from '../support/servers/asana-server.ts'

const patient = { timeout: 300_000 }

function uid({ attributes }: ReceivedLog): unknown {
  return attributes.get('log.record.uid')
}

function gidsIn(path: string): unknown[] {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  return lines.slice(0, -1).flatMap((line) => logsFromJson(Buffer.from(line)).map(uid))
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number)

async function stop({ child, finished }: Running, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  const done = await finished
  expectTidy(done)
  return done.code
}

/** Random numbers from 0 to below 1, the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'after %s in a growing log it goes on without a gap or a repeat',
  async (signal) => {
    const events = numbers(120).map((number) => loginEvent(number))
    const asana = await startAsana({ events, pageSize: () => 50 })
    const folder = temporaryFolder()
    const file = join(folder, 'audit.jsonl')
    const args = ['run', '--poll', '1s', '--to', `file:${file}`, '--state', join(folder, 'state.db')]

    const first = startCommand(args, { env: asana.env })
    await vi.waitFor(() => expect(gidsIn(file).length).toBe(120), patient)
    for (const number of numbers(170).slice(120)) events.push(loginEvent(number))
    await vi.waitFor(() => expect(gidsIn(file).length).toBe(170), patient)
    expect(await stop(first, signal)).toBe(0)

    for (const number of numbers(400).slice(170)) events.push(loginEvent(number))
    const second = startCommand(args, { env: asana.env })
    await vi.waitFor(() => expect(gidsIn(file).length).toBe(400), patient)
    expect(await stop(second, signal)).toBe(0)
    expect(gidsIn(file)).toEqual(numbers(400).map(gidOf))
    // One request for the size of the log, and one read from the oldest event.
    expect(asana.requests.filter(({ query }) => !query['offset'] && !query['start_at']).length).toBe(2)
  },
)

test.each([
  ['is down', 503, 'retrying'],
  ['refuses', 401, 'paused'],
] as const)(
  'while the destination %s, the first signal ends it at once with 0, and nothing is lost',
  async (_, status, fact) => {
    const asana = await startAsana({ events: numbers(10).map((number) => loginEvent(number)) })
    let broken = true
    const receiver = await startReceiver({
      instead: (response) => broken && !!response.writeHead(status, { 'retry-after': '300' }).end(),
    })
    const args = ['run', '--to', 'otlp', '--state', join(temporaryFolder(), 'state.db')]
    const env = { ...asana.env, ...receiver.env }
    const running = startCommand(args, { env })
    await vi.waitFor(() => expect(running.stderr()).toContain(`"message":"${fact}"`), patient)
    expect(await stop(running, 'SIGTERM')).toBe(0)

    broken = false
    expect(await runCommand([...args, '--once'], { env })).toMatchObject({ code: 0 })
    expect(receiver.accepted.flat().map(uid)).toEqual(numbers(10).map(gidOf))
  },
)

test('a second signal ends the command at once with 130 if the destination hangs, and nothing is lost', async () => {
  const asana = await startAsana({ events: numbers(10).map((number) => loginEvent(number)) })
  let hangs = true
  const receiver = await startReceiver({ instead: () => hangs })
  const args = ['run', '--to', 'otlp', '--state', join(temporaryFolder(), 'state.db')]
  const env = { ...asana.env, ...receiver.env, OTEL_EXPORTER_OTLP_TIMEOUT: '60000' }
  const running = startCommand(args, { env })
  await vi.waitFor(() => expect(receiver.requests.length).toBe(1), patient)
  running.child.kill('SIGINT')
  await vi.waitFor(() => expect(running.stderr()).toContain('stopping'), patient)
  expect(await stop(running, 'SIGINT')).toBe(130)

  hangs = false
  expect(await runCommand([...args, '--once'], { env })).toMatchObject({ code: 0 })
  expect(receiver.accepted.flat().map(uid)).toEqual(numbers(10).map(gidOf))
})

const kills = 15

/** When a run is killed, chosen at random: after this number of exchanges or changes on the disk, and a short time more. */
interface Moment {
  at: 'page' | 'write' | 'disk'
  left: number
  turns: number
  /** For a write: whether it was accepted before the kill. */
  readonly taken: boolean
}

/**
 * Starts the command many times, and kills it each time. Call `passed` for every exchange or change that a moment counts; it returns the
 * moment when it has come. The log grows with every kill, so that no run reaches its end.
 */
function killer(at: readonly Moment['at'][], random: () => number, log: string[]) {
  let moment: Moment | undefined
  let running: Running | undefined

  function kill(): void {
    if (moment && moment.turns-- > 0) setImmediate(kill)
    else running?.child.kill('SIGKILL')
  }

  return {
    passed(what: Moment['at']): Moment | undefined {
      if (moment?.at !== what) return undefined
      moment.left -= 1
      if (moment.left !== 0) return undefined
      kill()
      return moment
    },
    async killRepeatedly(start: () => Running, afterKill: () => void = () => {}): Promise<void> {
      for (let killed = 0; killed < kills; killed++) {
        const kind = at[Math.floor(random() * at.length)] ?? 'page'
        moment = {
          at: kind,
          left: 1 + Math.floor(random() * { page: 12, write: 3, disk: 40 }[kind]),
          turns: Math.floor(random() * 20),
          taken: random() < 0.5,
        }
        running = start()
        const { code, stderr } = await running.finished
        expect(code, `the run ended by itself\n${stderr}`).toBe(null)
        moment = undefined
        for (const number of numbers(log.length + 1_000).slice(log.length)) log.push(loginEvent(number))
        afterKill()
      }
    },
  }
}

test('after kills at any moment, OTLP lacks no event, and only running writes are repeated', async () => {
  const log = numbers(8_000).map((number) => loginEvent(number))
  const { passed, killRepeatedly } = killer(['page', 'write'], seeded(20_260_101), log)
  const asana = await startAsana({
    events: log,
    pageSize: () => 250,
    instead: () => {
      passed('page')
      return false
    },
  })
  const receiver = await startReceiver({
    instead: (response) => passed('write')?.taken === false && !!response.destroy(),
  })
  const args = ['run', '--once', '--to', 'otlp', '--state', join(temporaryFolder(), 'state.db')]
  const env = { ...asana.env, ...receiver.env }

  await killRepeatedly(() => startCommand(args, { env }))
  expect(await runCommand(args, { env })).toMatchObject({ code: 0 })

  const arrived = receiver.accepted.flat().map(uid)
  expect(new Set(arrived)).toEqual(new Set(numbers(log.length).map(gidOf)))
  const seen = new Set<unknown>()
  let repeatedWrites = 0
  for (const logs of receiver.accepted) {
    if (logs.some((record) => seen.has(uid(record)))) repeatedWrites += 1
    for (const record of logs) seen.add(uid(record))
  }
  // Up to eight writes run at once while the tail is behind.
  expect(repeatedWrites).toBeLessThanOrEqual(kills * 8)
  expect(arrived.length - log.length).toBeLessThanOrEqual(kills * 8 * 1_000)
})

test('after kills at any moment, a file lacks no event, and half a line at its end is cut off', async () => {
  const log = numbers(12_000).map((number) => loginEvent(number))
  const random = seeded(7)
  const { passed, killRepeatedly } = killer(['page', 'disk', 'disk'], random, log)
  const asana = await startAsana({
    events: log,
    pageSize: () => 250,
    instead: () => {
      passed('page')
      return false
    },
  })
  const folder = temporaryFolder()
  const file = join(folder, 'audit.jsonl')
  const args = ['run', '--once', '--to', `file:${file}`, '--state', join(folder, 'state.db')]
  const watcher = watch(folder, () => passed('disk'))
  onTestFinished(() => watcher.close())

  await killRepeatedly(
    () => startCommand(args, { env: asana.env }),
    () => {
      // A crash in the middle of appending leaves the beginning of a line.
      const content = existsSync(file) ? readFileSync(file, 'utf8') : ''
      const [line = ''] = content.split('\n')
      if (content.endsWith('\n')) appendFileSync(file, line.slice(0, Math.floor(random() * line.length)))
    },
  )
  watcher.close()
  expect(await runCommand(args, { env: asana.env })).toMatchObject({ code: 0 })

  expect(readFileSync(file, 'utf8').endsWith('\n')).toBe(true)
  const arrived = gidsIn(file)
  expect(new Set(arrived)).toEqual(new Set(numbers(log.length).map(gidOf)))
  // One write at a time, of a thousand records at most.
  expect(arrived.length - log.length).toBeLessThanOrEqual(kills * 1_000)
})
