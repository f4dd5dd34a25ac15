import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Simulator, startSimulator } from '@asana-audit/simulator'

/** Many customers of Asana behind one address, each with a workspace and a growing log of its own. */
export interface SimulatedCustomers {
  readonly url: string
  readonly customers: readonly {
    readonly name: string
    readonly workspace: string
    readonly simulator: Simulator
  }[]
  /** One more event for each of them. */
  grow(): void
  /** All events that there are, by workspace and gid. */
  events(): ReadonlySet<string>
  close(): Promise<void>
}

export async function simulatedCustomers(count: number, token: string): Promise<SimulatedCustomers> {
  const customers = await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const workspace = String(1_200_000_000_000_000 + at)
      const simulator = await startSimulator({ workspace, token, events: 20, days: 2, seed: at + 1 })
      return { name: `customer-${String(at + 1).padStart(3, '0')}`, workspace, simulator }
    }),
  )
  const byWorkspace = new Map(customers.map(({ workspace, simulator }) => [workspace, simulator]))
  // A fleet has one address of Asana for all tenants, and a simulator has one workspace.
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').replace(/^\/api\/1\.0/, '')
    const simulator = byWorkspace.get(/^\/workspaces\/(\d+)\//.exec(path)?.[1] ?? '')
    if (!simulator) return void response.writeHead(404).end()
    const { authorization = '' } = request.headers
    const answer = await fetch(`${simulator.url}${path}`, { headers: { authorization } })
    // The page says where the next one is: there, not at the simulator itself.
    const body = (await answer.text()).replaceAll(simulator.url, `http://${request.headers.host}/api/1.0`)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/1.0`,
    customers,
    grow: () => customers.forEach(({ simulator }) => void simulator.grow(1)),
    events: () =>
      new Set(
        customers.flatMap(({ workspace, simulator }) =>
          simulator.events.map(({ gid }) => `${workspace} ${gid}`),
        ),
      ),
    async close() {
      server.closeAllConnections()
      server.close()
      await Promise.all(customers.map(({ simulator }) => simulator.close()))
    },
  }
}
