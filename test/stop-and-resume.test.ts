import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { type AsanaServer, gidOf, loginEvent, startAsana } from './support/asana-server.ts'
import { logsFromJson, type ReceivedLog } from './support/otlp-reader.ts'
import { startReceiver } from './support/otlp-receiver.ts'
import { expectTidy, type Running, runCommand, startCommand, temporaryFolder } from './support/run-command.ts'

const patient = { timeout: 30_000 }

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

/** The same numbers in every run, from 0 to below 1 (mulberry32). */
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
    expect(asana.requests.filter(({ query }) => query['offset'] === undefined).length).toBe(1)
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

test('a second signal leaves at once with 130 where the destination hangs, and nothing is lost', async () => {
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
const backlog = 4_000

/** Starts the command again and again, and kills it after a number of exchanges that chance picks. */
async function killRepeatedly(
  start: () => Running,
  exchanges: (onExchange: () => void) => void,
  random: () => number,
  afterKill: () => void = () => {},
): Promise<number> {
  let killed = 0
  while (killed < kills) {
    const running = start()
    let left = 1 + Math.floor(random() * 8)
    // Before the answer to an exchange goes out, or some turns of our own later, while the other side works on it.
    let turns = Math.floor(random() * 40)
    const kill = (): void => {
      if (turns-- > 0) setImmediate(kill)
      else running.child.kill('SIGKILL')
    }
    exchanges(() => {
      left -= 1
      if (left === 0) kill()
    })
    const { code } = await running.finished
    exchanges(() => {})
    if (code !== null) break
    killed += 1
    afterKill()
  }
  return killed
}

test('killed at any moment, it loses nothing into OTLP and repeats at most a write for each kill', async () => {
  let onExchange = (): void => {}
  const asana: AsanaServer = await startAsana({
    events: numbers(backlog).map((number) => loginEvent(number)),
    pageSize: () => 40,
    instead: () => {
      onExchange()
      return false
    },
  })
  const receiver = await startReceiver({
    instead: () => {
      onExchange()
      return false
    },
  })
  const args = ['run', '--once', '--to', 'otlp', '--state', join(temporaryFolder(), 'state.db')]
  const env = { ...asana.env, ...receiver.env }

  const killed = await killRepeatedly(
    () => startCommand(args, { env }),
    (call) => {
      onExchange = call
    },
    seeded(20_260_101),
  )
  expect(killed).toBe(kills)
  expect(await runCommand(args, { env })).toMatchObject({ code: 0 })

  const arrived = receiver.accepted.flat().map(uid)
  expect(new Set(arrived)).toEqual(new Set(numbers(backlog).map(gidOf)))
  const largest = Math.max(...receiver.accepted.map((logs) => logs.length))
  expect(arrived.length - backlog).toBeLessThanOrEqual(kills * largest)
  // A repeat is a write that had been accepted already: never anything older.
  const seen = new Set<unknown>()
  let repeatedWrites = 0
  for (const logs of receiver.accepted) {
    if (logs.some((log) => seen.has(uid(log)))) repeatedWrites += 1
    for (const log of logs) seen.add(uid(log))
  }
  expect(repeatedWrites).toBeLessThanOrEqual(kills)
})

test('killed at any moment, it loses nothing into a file, and half a line at its end is cut off', async () => {
  let onExchange = (): void => {}
  const note = 'n'.repeat(3_000)
  const asana = await startAsana({
    events: numbers(backlog).map((number) => loginEvent(number, { details: { note } })),
    pageSize: () => 40,
    instead: () => {
      onExchange()
      return false
    },
  })
  const folder = temporaryFolder()
  const file = join(folder, 'audit.jsonl')
  const args = ['run', '--once', '--to', `file:${file}`, '--state', join(folder, 'state.db')]
  const random = seeded(7)

  const killed = await killRepeatedly(
    () => startCommand(args, { env: asana.env }),
    (call) => {
      onExchange = call
    },
    random,
    () => {
      // What a crash in the middle of appending leaves: the beginning of a line like the others.
      const content = existsSync(file) ? readFileSync(file, 'utf8') : ''
      const [line = ''] = content.split('\n')
      if (content.endsWith('\n')) appendFileSync(file, line.slice(0, Math.floor(random() * line.length)))
    },
  )
  expect(killed).toBe(kills)
  expect(await runCommand(args, { env: asana.env })).toMatchObject({ code: 0 })

  expect(readFileSync(file, 'utf8').endsWith('\n')).toBe(true)
  const arrived = gidsIn(file)
  expect(new Set(arrived)).toEqual(new Set(numbers(backlog).map(gidOf)))
  // Pages of 40 a write.
  expect(arrived.length - backlog).toBeLessThanOrEqual(kills * 40)
})
