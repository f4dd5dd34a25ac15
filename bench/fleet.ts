import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { FleetRow } from './src/fleet/fleet-case.ts'
import { fleetCases } from './src/fleet/fleet-cases.ts'
import { fleetMarks } from './src/fleet/fleet-marks.ts'
import { fleetTable } from './src/fleet/fleet-table.ts'
import { runFleetCase } from './src/fleet/run-fleet-case.ts'
import { isBusy, machine } from './src/machine.ts'
import { notLinux } from './src/program/usage.ts'
import { formatted } from './src/report/formatted.ts'
import { markTable } from './src/report/mark-table.ts'
import { busy, described } from './src/report/results-text.ts'

const help = `pnpm bench:fleet [options]: thousands of tenants with nothing new, in workers over PostgreSQL and in a plain loop

  --quick       a minute or two for each row, six minutes in all; prints and writes nothing
  --only TEXT   only the rows with this text in their names
  --help

Without --quick it takes about an hour, and writes fleet.md and results/fleet.json.
`

/** What follows it in the page is written here. */
const begin = '<!-- What follows is written by the benchmark. -->'

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
  const cases = fleetCases(quick).filter(({ name }) => name.includes(only))
  if (cases.length === 0) complain(`There is no row with "${only}" in its name.`)
  const on = machine()
  if (isBusy(on)) process.stderr.write(`${busy(on)}\n`)
  const rows: FleetRow[] = []
  for (const one of cases) {
    const say = (what: string): void => void process.stderr.write(`${one.name}: ${what}\n`)
    try {
      rows.push({ one, figures: await runFleetCase(one, say), error: undefined })
    } catch (error) {
      rows.push({ one, figures: undefined, error: (error as Error).message })
    }
    process.stdout.write(`${fleetTable(rows.slice(-1))}\n\n`)
  }
  const date = new Date().toISOString().slice(0, 10)
  const measured = `Measured on ${date}, ${described(on)}.${isBusy(on) ? ` ${busy(on)}` : ''}`
  const text = [measured, '## Marks', markTable(fleetMarks(rows)), '## Figures', fleetTable(rows)].join(
    '\n\n',
  )
  process.stdout.write(`${text}\n`)
  if (quick || only !== '') return
  const page = join(import.meta.dirname, 'fleet.md')
  const [head = ''] = (await readFile(page, 'utf8')).split(begin)
  await writeFile(page, await formatted('fleet.md', `${head}${begin}\n\n${text}\n`))
  const results = join(import.meta.dirname, 'results')
  await mkdir(results, { recursive: true })
  const json = JSON.stringify({ date, machine: on, rows }, undefined, 2)
  await writeFile(join(results, 'fleet.json'), await formatted('results/fleet.json', json))
}

await bench()
