import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sqliteState } from '../../packages/core/src/state/sqlite/sqlite-state.ts'
import { startSimulator } from '../../packages/simulator/src/index.ts'
import { expectTidy, runCommand, startCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { between, drawOf, pick } from '../support/histories/draw.ts'
import { loginEvent } from '../support/servers/asana-server.ts'

/** Enough events for many writes of a thousand records, so that only the last process reaches the end. */
const writes = 64
const backlog = writes * 1_000
/** The number of new events at each start. */
const growth = 10
const wantedKills = 100
const fewestKillsInBetween = 20

interface Receiver {
  readonly url: string
  /** Numbers of events in the order in which they were accepted, with repeats. */
  readonly arrived: number[]
  readonly distinct: ReadonlySet<number>
  /** Decides for each complete request whether it is accepted and answered. */
  onRequest: (response: ServerResponse) => 'accept and answer' | 'accept' | 'ignore'
  /** Resolves when nothing of a killed process can arrive any more. */
  quiet(): Promise<void>
}

async function acceptingReceiver(): Promise<Receiver> {
  const sockets = new Set<Socket>()
  const arrived: number[] = []
  const distinct = new Set<number>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const then = receiver.onRequest(response)
      if (then === 'ignore') return
      for (const number of numbersIn(Buffer.concat(chunks))) {
        arrived.push(number)
        distinct.add(number)
      }
      if (then === 'accept and answer') {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      }
    })
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // Killed processes reset their connections.
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    distinct,
    onRequest: () => 'accept and answer',
    async quiet() {
      do {
        // Two turns, so that a connection that the system has ready is accepted before the count.
        for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      } while (sockets.size > 0)
    },
  }
  return receiver
}

/** The numbers of the events in a request, by a pattern, because decoding a hundred thousand records takes too long. */
function numbersIn(body: Buffer): number[] {
  const ids = body.toString('latin1').matchAll(/"log\.record\.uid","value":\{"stringValue":"12(\d+)"/g)
  return Array.from(ids, ([, digits]) => Number(digits))
}

interface Committed {
  /** The count of the ledger, each event once. */
  readonly count: number
  readonly lanes: readonly string[]
  has(number: number): boolean
}

/** What the state counts as delivered. Commits are in the order of a lane, so these are its first events. */
async function committedIn(path: string, times: readonly number[]): Promise<Committed> {
  const state = sqliteState({ path })
  try {
    const rows = await state.lanes()
    let count = 0
    for (const pipeline of new Set(rows.map((row) => row.pipeline))) {
      for (const hour of await state.ledger(pipeline, 0, Number.MAX_SAFE_INTEGER)) count += hour.count
    }
    const cursor = rows.find(({ lane }) => lane === 'backlog')?.cursor ?? '{}'
    const divided = Date.parse((JSON.parse(cursor) as { until?: string }).until ?? '')
    const isOfBacklog = (number: number): boolean => !((times[number] ?? 0) >= divided)
    const first = (lane: string, numbers: readonly number[]): number[] =>
      numbers.slice(0, rows.find((row) => row.lane === lane)?.delivered ?? 0)
    const numbers = [...times.keys()]
    const committed = new Set([
      ...first('backlog', numbers.filter(isOfBacklog)),
      ...first(
        'live',
        numbers.filter((number) => !isOfBacklog(number)),
      ),
    ])
    return { count, lanes: rows.map(({ lane }) => lane), has: (number) => committed.has(number) }
  } finally {
    await state.close()
  }
}

test('after kills at random moments while the log grows, no event is lost and only uncommitted ones are repeated', {
  timeout: 600_000,
}, async () => {
  const start = Date.now() - backlog * 1_000
  const times = Array.from({ length: backlog }, (_, number) => start + number * 1_000)
  const eventOf = (number: number): object =>
    JSON.parse(loginEvent(number, { created_at: new Date(times[number] ?? 0).toISOString() })) as object
  const draw = drawOf(1)
  const receiver = await acceptingReceiver()
  let onPage = (): void => {}
  const simulator = await startSimulator({
    events: [...times.keys()].map(eventOf),
    offsetTtlMs: Number.POSITIVE_INFINITY,
    requestsPerMinute: Number.POSITIVE_INFINITY,
    onRequest: () => onPage(),
  })
  onTestFinished(() => simulator.close())
  const path = join(temporaryFolder(), 'state.db')
  const since = new Date(start).toISOString()
  const args = ['run', '--once', '--to', 'otlp', '--state', path, '--since', since]
  function grow(): void {
    const numbers = Array.from({ length: growth }, (_, index) => times.length + index)
    times.push(...numbers.map(() => Date.now()))
    simulator.add(numbers.map(eventOf))
  }
  const env = {
    // The first of a hundred starts compiles the modules for the others.
    NODE_COMPILE_CACHE: temporaryFolder(),
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
  }

  // A killed process writes no compile cache.
  await runCommand(['state', 'show', '--state', path], { env })

  let kills = 0
  let killsInBetween = 0
  /** The number of repeats that the kills so far explain. */
  let bound = 0
  for (let life = 0; kills < wantedKills; life += 1) {
    const arrivedBefore = receiver.arrived.length
    grow()
    const running = startCommand(args, { env })
    const kill = (): void => void running.child.kill('SIGKILL')
    let left = between(draw('count', life), 1, 3)
    const isDue = (): boolean => {
      left -= 1
      return left === 0
    }
    const timer = draw('moment', life) < 0.1 ? setTimeout(kill, draw('ms', life) * 1_000) : undefined
    const moment = pick(draw('where', life), ['answered', 'answered', 'accepted', 'arrived', 'page'])
    onPage = () => {
      if (moment === 'page' && isDue()) kill()
    }
    receiver.onRequest = (response) => {
      if (moment === 'page' || !isDue()) return 'accept and answer'
      if (moment === 'answered') response.on('finish', kill)
      else kill()
      if (moment === 'arrived') return 'ignore'
      return moment === 'answered' ? 'accept and answer' : 'accept'
    }
    const { code, ...output } = await running.finished
    clearTimeout(timer)
    expectTidy(output)
    if (code !== null) {
      expect(code, output.stderr).toBe(0)
      break
    }
    await receiver.quiet()
    kills += 1
    const committed = await committedIn(path, times)
    const inBetween = new Set(receiver.arrived.slice(arrivedBefore).filter((one) => !committed.has(one)))
    expect(committed.count, 'committed and never accepted').toBeLessThanOrEqual(receiver.distinct.size)
    if (inBetween.size > 0) killsInBetween += 1
    bound += inBetween.size
  }
  onPage = () => {}
  receiver.onRequest = () => 'accept and answer'
  const last = await runCommand(args, { env })
  expect(last.code, last.stderr).toBe(0)

  const { distinct } = receiver
  const repeats = receiver.arrived.length - distinct.size
  console.info(
    `${kills} kills, ${killsInBetween} between acceptance and commit, ${repeats} repeats of at most ${bound}`,
  )
  const missing = [...times.keys()].filter((number) => !distinct.has(number))
  expect(missing.length, `${missing.slice(0, 5)} and others are missing`).toBe(0)
  expect(distinct.size).toBe(times.length)
  expect(repeats).toBeLessThanOrEqual(bound)
  expect(await committedIn(path, times)).toMatchObject({ count: times.length, lanes: ['backlog', 'live'] })
  expect(kills, 'it came to its end before').toBe(wantedKills)
  expect(killsInBetween).toBeGreaterThanOrEqual(fewestKillsInBetween)
})
