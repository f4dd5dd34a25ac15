import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isBusy, type Machine } from '../machine.ts'
import { formatted } from '../report/formatted.ts'
import { markTable } from '../report/mark-table.ts'
import { busy, described } from '../report/results-text.ts'
import type { FleetRow } from './fleet-case.ts'
import { fleetMarks } from './fleet-marks.ts'
import { fleetTable } from './fleet-table.ts'

/** What follows it in the page is written here. */
const begin = '<!-- What follows is written by the benchmark. -->'

/** A row with the day and the machine of its run: rows may come from several runs. */
export interface MeasuredRow extends FleetRow {
  readonly date: string
  readonly machine: Machine
}

/**
 * Writes the row to `results/fleet.json` in the place of the earlier one of that name, and the second half of `fleet.md` from all
 * rows, in the order of `names`. Rows that `names` lacks are removed.
 */
export async function writeFleetRow(
  folder: string,
  row: MeasuredRow,
  names: readonly string[],
): Promise<void> {
  const results = join(folder, 'results')
  await mkdir(results, { recursive: true })
  const file = join(results, 'fleet.json')
  const earlier = await storedRows(file)
  const rows = names.flatMap((name) =>
    name === row.one.name ? [row] : earlier.filter(({ one }) => one.name === name),
  )
  await writeFile(file, await formatted('results/fleet.json', JSON.stringify(rows, undefined, 2)))
  const page = join(folder, 'fleet.md')
  const [head = ''] = (await readFile(page, 'utf8')).split(begin)
  await writeFile(page, await formatted('fleet.md', `${head}${begin}\n\n${fleetResultsText(rows)}\n`))
}

async function storedRows(file: string): Promise<MeasuredRow[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

export function fleetResultsText(rows: readonly MeasuredRow[]): string {
  const text = [conditions(rows), '## Marks', markTable(fleetMarks(rows)), '## Figures', fleetTable(rows)]
  return text.join('\n\n')
}

function conditions(rows: readonly MeasuredRow[]): string {
  const groups = Map.groupBy(rows, ({ date, machine: { load: _, ...machine } }) =>
    JSON.stringify([date, machine]),
  )
  const lines = [...groups.values()].map((group) => {
    const { date, machine } = group[0]!
    const what = groups.size === 1 ? '' : `${group.map(({ one }) => one.name).join('; ')}: `
    const disturbed = group.find((row) => isBusy(row.machine))
    return `${what}measured on ${date}, ${described(machine)}.${disturbed ? ` ${busy(disturbed.machine)}` : ''}`
  })
  return lines.map((line) => line.charAt(0).toUpperCase() + line.slice(1)).join(' ')
}
