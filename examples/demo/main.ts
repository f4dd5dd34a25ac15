import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startSimulator } from '@asana-audit/simulator'
import { readArrived } from './read-arrived.ts'
import { summary } from './summary.ts'

const folder = 'demo-output'
const output = join(folder, 'audit.jsonl')
/** Of this terminal, but no more than is good to read. */
const width = Math.min(process.stdout.columns ?? 80, 100)
const token = 'simulator-token'

await rm(folder, { recursive: true, force: true })
await mkdir(folder)

// Small pages that take a while, so that there is progress to see.
const simulator = await startSimulator({ events: 5_000, days: 90, token, latencyMs: 40 })
process.stdout.write(
  `A stand-in for Asana has 5,000 events of the last 90 days.\nNow the real command reads them:\n\n` +
    `  asana-audit run --once --limit 100 --to file:${output}\n\n`,
)
const command = spawn(
  process.execPath,
  [
    fileURLToPath(new URL('../../packages/cli/src/bin.ts', import.meta.url)),
    ...['run', '--once', '--limit', '100', '--log', 'human'],
    ...['--to', `file:${output}`, '--state', join(folder, 'state.db')],
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      ASANA_BASE_URL: simulator.url,
      ASANA_WORKSPACE: simulator.workspace,
      ASANA_TOKEN: token,
    },
  },
)
const [code] = (await once(command, 'exit')) as [number | null]
await simulator.close()
if (code === 0) process.stdout.write(summary(await readArrived(output), output, width))
process.exitCode = code ?? 1
