import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startPostgres } from '../../test/support/postgres/start-postgres.ts'
import { runCommand, startCommand } from './command.ts'
import { startReceiver } from './receiver.ts'
import { simulatedCustomers } from './simulated-customers.ts'

const count = Number(process.argv[2] ?? 200)
const token = 'simulator-token'
const folder = join(process.cwd(), 'demo-output', 'fleet')
const say = (text: string): void => void process.stdout.write(`${text}\n`)

await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
say(`Starting PostgreSQL, a stand-in for Asana with ${count} customers, and one for a Collector …`)
const postgres = await startPostgres()
const asana = await simulatedCustomers(count, token)
const receiver = await startReceiver()

const config = join(folder, 'fleet.yaml')
await writeFile(
  config,
  `state: ${postgres.url}
destinations:
  collector:
    otlp: { endpoint: "${receiver.url}", protocol: http/json, compression: none }
pipeline:
  base_url: ${asana.url}
`,
)
const csv = join(folder, 'tenants.csv')
// A token of its own for each customer: Asana's quota is counted by token, and so is a fleet's budget.
await mkdir(join(folder, 'tokens'))
for (const { name } of asana.customers) await writeFile(join(folder, 'tokens', name), token)
const lines = asana.customers.map(
  ({ name, workspace }) => `${name},${workspace},"file:${join(folder, 'tokens', name)}",collector,5`,
)
await writeFile(csv, `${['name,workspace,token_ref,destination,poll_seconds', ...lines].join('\n')}\n`)

const fleet = (...words: string[]): string[] => ['fleet', ...words, '--config', config]
await runCommand(fleet('migrate'))
await runCommand(fleet('tenant', 'import', csv))
const [one, two] = ['one', 'two'].map((name) =>
  startCommand(fleet('worker', '--name', name, '--log-level', 'error'), 'errors'),
)
if (!one || !two) throw new Error('There are two workers.')

const missing = (): number => [...asana.events()].filter((event) => !receiver.arrived.has(event)).length
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    if (two?.exitCode !== null) throw new Error(`The worker two has ended with ${two?.exitCode}.`)
    await wait(500)
  }
}

say('\nNew events come every second, for each customer.')
const growing = setInterval(() => asana.grow(), 1_000)
// Every customer has delivered something by then, so both workers are at it.
await until(() => receiver.arrived.size > count * 22)
say(
  `\nWorker one is killed now (SIGKILL), while it works. ${receiver.arrived.size.toLocaleString('en')} events have arrived so far.`,
)
one.kill('SIGKILL')
await once(one, 'exit')
// After 20 seconds without a report a worker counts as silent.
await wait(25_000)
await runCommand(fleet('status'))
clearInterval(growing)
say('\nNo more new events. Waiting until the last one has arrived …')
await until(() => missing() === 0)
await runCommand(fleet('status'))

const all = asana.events()
const repeats = [...receiver.arrived.values()].reduce((sum, times) => sum + times - 1, 0)
say(
  `\n${all.size.toLocaleString('en')} events of ${count} customers; ${receiver.arrived.size.toLocaleString('en')} arrived, ${missing()} missed, ${repeats} arrived twice.`,
)
say(
  'A killed worker may have delivered what it could not write down any more: such an event comes again, with the same id.',
)
two.kill('SIGTERM')
await once(two, 'exit')
receiver.close()
await asana.close()
await postgres[Symbol.asyncDispose]()
