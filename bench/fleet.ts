import { parseArgs } from 'node:util'
import type { FleetCase, FleetRow } from './src/fleet/fleet-case.ts'
import { fleetCases } from './src/fleet/fleet-cases.ts'
import { fleetResultsText, type MeasuredRow, writeFleetRow } from './src/fleet/fleet-results.ts'
import { fleetTable } from './src/fleet/fleet-table.ts'
import { runFleetCase } from './src/fleet/run-fleet-case.ts'
import { isBusy, machine } from './src/machine.ts'
import { notLinux } from './src/program/usage.ts'
import { busy } from './src/report/results-text.ts'

const help = `pnpm bench:fleet [options]: thousands of tenants with nothing new, in workers over PostgreSQL and in a plain loop

  --quick       a minute or two for each row, seven minutes in all; prints and writes nothing
  --only TEXT   only the rows with this text in their names
  --help

Without --quick it takes about an hour. Each row that is done is written to fleet.md and results/fleet.json; the other rows stay as they are.
`

function complain(message: string): never {
  process.stderr.write(`${message}\n\n${help}`)
  process.exit(2)
}

function options() {
  const named = {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    help: { type: 'boolean' },
  } as const
  try {
    return parseArgs({ options: named }).values
  } catch (error) {
    return complain((error as Error).message)
  }
}

async function bench(): Promise<void> {
  const { quick, only = '', help: asked } = options()
  if (asked) return void process.stdout.write(help)
  if (notLinux) complain(`This cannot be measured here: ${notLinux}.`)
  const all = fleetCases(quick)
  const cases = all.filter(({ name }) => name.includes(only))
  if (cases.length === 0) complain(`There is no row with "${only}" in its name.`)
  const date = new Date().toISOString().slice(0, 10)
  const on = machine()
  if (isBusy(on)) process.stderr.write(`${busy(on)}\n`)
  const rows: MeasuredRow[] = []
  for (const one of cases) {
    const row = { ...(await measuredRow(one)), date, machine: on }
    rows.push(row)
    process.stdout.write(`${fleetTable([row])}\n\n`)
    const names = all.map(({ name }) => name)
    if (!quick) await writeFleetRow(import.meta.dirname, row, names)
  }
  process.stdout.write(`${fleetResultsText(rows)}\n`)
}

async function measuredRow(one: FleetCase): Promise<FleetRow> {
  const say = (what: string): void => void process.stderr.write(`${one.name}: ${what}\n`)
  try {
    return { one, figures: await runFleetCase(one, say), error: undefined }
  } catch (error) {
    return { one, figures: undefined, error: (error as Error).message }
  }
}

await bench()
