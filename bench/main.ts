import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Case, Outcome } from './src/case.ts'
import { sameContent } from './src/content/same-content.ts'
import { allLegs } from './src/legs/index.ts'
import { fullScale, quickScale } from './src/legs/row.ts'
import { isBusy, machine } from './src/machine.ts'
import { measures } from './src/measures/index.ts'
import { progress } from './src/progress.ts'
import { lastMinutes, minutesText } from './src/report/last-minutes.ts'
import { legTable } from './src/report/leg-table.ts'
import { busy } from './src/report/results-text.ts'
import { writeResults } from './src/report/write-results.ts'
import { runCase } from './src/run-case.ts'
import { runLeg } from './src/run-leg.ts'
import { type Servers, startServers } from './src/servers.ts'

const help = `pnpm bench [options]: this project beside what people use today

  --quick          one short round each, under three minutes; prints and writes nothing
  --only NAME      only these legs, by name; may be repeated
  --list           the legs and their rows, and how long they took in the last full run
  --out FOLDER     where results and README go (default: bench, with --quick nowhere)
  --cpu-prof DIR   a CPU profile of each round
  --help
`

function say(text: string): void {
  process.stdout.write(text)
}

function complain(message: string): never {
  process.stderr.write(`${message}\n\n${help}`)
  process.exit(2)
}

function options(): ReturnType<typeof parsed> {
  try {
    return parsed()
  } catch (error) {
    return complain((error as Error).message)
  }
}

function parsed() {
  return parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      out: { type: 'string' },
      'cpu-prof': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  }).values
}

async function bench(): Promise<void> {
  const { quick, only, list, help: asked, out = quick ? undefined : import.meta.dirname, ...rest } = options()
  if (asked) return say(help)
  const legs = allLegs(quick ? quickScale : fullScale)
  const names = legs.map(({ name }) => name)
  const unknown = only.filter((name) => !names.includes(name))
  if (unknown.length > 0) complain(`There is no leg ${unknown.join(', ')}. There are ${names.join(', ')}.`)
  const chosen = legs.filter(({ name }) => only.length === 0 || only.includes(name))
  if (list) {
    const last = await lastMinutes(join(import.meta.dirname, 'results'))
    for (const { name, cases } of chosen) {
      say(`${name}, ${minutesText(last.get(name))}\n${cases.map((one) => `  ${one.name}\n`).join('')}`)
    }
    const known = chosen.map(({ name }) => last.get(name) ?? 0)
    return say(`All of these, ${minutesText(known.reduce((sum, minutes) => sum + minutes, 0))}\n`)
  }
  const profile = rest['cpu-prof']
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  const run = (one: Case, servers: Servers): Promise<Outcome> =>
    measures.get(one.variant)?.(one, servers) ?? runCase(one, servers, flags)

  const common = { date: new Date().toISOString().slice(0, 10), machine: machine(), quick }
  const servers = await startServers()
  if (isBusy(common.machine)) process.stderr.write(`${busy(common.machine)}\n`)
  const line = progress(chosen, (text) => process.stderr.write(text))
  try {
    say(`${await sameContent(servers)}\n`)
    for (const leg of chosen) {
      const started = performance.now()
      const rows = await runLeg(leg, servers, run, (one, round, outcome) =>
        line.round(leg, one, round, outcome),
      )
      const { name, title, about } = leg
      const minutes = Number(((performance.now() - started) / 60_000).toFixed(1))
      say(`\n${title}\n\n${legTable({ rows })}\n\n`)
      // After each leg, so that a run of two hours that ends early keeps what it measured.
      if (out !== undefined)
        await writeResults(out, [{ name, title, about, ...common, minutes, rows }], names)
    }
  } finally {
    servers.stop()
  }
  if (out !== undefined) say(`Written to ${join(out, 'README.md')} and ${join(out, 'results')}.\n`)
}

await bench()
