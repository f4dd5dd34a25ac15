import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import type { FleetPlan } from './plan.ts'
import { portOf } from './port-of.ts'

/** What a worker sends for one tenant. */
export interface Write {
  readonly worker: string
  readonly tenant: string
  readonly ids: readonly string[]
}

/** A write that was accepted and has no answer yet. */
export interface HeldWrite extends Write {
  answer(): void
}

export interface FleetDestination extends AsyncDisposable {
  readonly url: string
  /** Accepted writes, in order, with repeats. */
  readonly writes: readonly Write[]
  /** The ids of a tenant that were accepted. */
  arrived(tenant: string): ReadonlySet<string>
  /** The next write of this worker for one of these tenants is accepted, and gets no answer before `answer`. */
  hold(worker: string, tenants: ReadonlySet<string>): Promise<HeldWrite>
}

/** Where the workers of a history write. Some writes fail, some answers are lost; what it accepted it keeps. */
export async function fleetDestination({ draw, writeFaults, writeMs }: FleetPlan): Promise<FleetDestination> {
  const writes: Write[] = []
  const ids = new Map<string, Set<string>>()
  const holds = new Map<string, { tenants: ReadonlySet<string>; resolve: (held: HeldWrite) => void }>()
  let number = 0

  function accept(write: Write): void {
    writes.push(write)
    const of = ids.get(write.tenant) ?? new Set()
    for (const id of write.ids) of.add(id)
    ids.set(write.tenant, of)
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const write = (await json(request)) as Write
    const isAnswered = () => !response.writableEnded && !response.destroyed
    const taken = (): void => {
      if (isAnswered()) response.writeHead(202).end()
    }
    const hold = holds.get(write.worker)
    if (hold?.tenants.has(write.tenant)) {
      holds.delete(write.worker)
      accept(write)
      return hold.resolve({ ...write, answer: taken })
    }
    number += 1
    const chance = draw('write', number)
    const ms = writeMs * draw('write takes', number)
    if (chance < writeFaults / 3) return void response.writeHead(503).end()
    if (chance < (writeFaults * 2) / 3) return void request.socket.resetAndDestroy()
    accept(write)
    if (chance < writeFaults) return void request.socket.resetAndDestroy()
    setTimeout(taken, ms)
  }

  const server = createServer((request, response) => {
    // A worker that is killed resets its requests.
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    writes,
    arrived: (tenant) => ids.get(tenant) ?? new Set(),
    hold: (worker, tenants) => new Promise((resolve) => holds.set(worker, { tenants, resolve })),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
