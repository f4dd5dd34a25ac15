import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Simulator, type SimulatorOptions, startSimulator } from '@asana-audit/simulator'
import { type Ran, runCommand } from './run-command.ts'

/** A simulator, and a folder with the state and the archive of a pipeline that reads it. */
export interface TestPipeline extends AsyncDisposable {
  readonly simulator: Simulator
  /** The environment that names the simulator and the state. */
  readonly env: Record<string, string>
  /** A path in the folder. */
  readonly file: (name: string) => string
  /** The flags of the destination: the archive. */
  readonly to: readonly string[]
  /** Runs a command with the archive as destination. */
  readonly command: (...args: string[]) => Promise<Ran>
  /** The gids in the archive, in its order. */
  readonly delivered: () => string[]
}

export async function testPipeline(options: SimulatorOptions): Promise<TestPipeline> {
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-cli-'))
  const simulator = await startSimulator(options)
  const file = (name: string): string => join(folder, name)
  const env = {
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
    ASANA_AUDIT_STATE: file('state.db'),
  }
  const archive = file('a.jsonl')
  const to = ['--to', `file:${archive}`]
  return {
    ...{ simulator, env, file, to },
    command: (...args) => runCommand([...args, ...to], env),
    delivered() {
      const text = existsSync(archive) ? readFileSync(archive, 'utf8') : ''
      return [...text.matchAll(/"log\.record\.uid","value":\{"stringValue":"([^"]+)"/g)].map(
        ([, id]) => id ?? '',
      )
    },
    async [Symbol.asyncDispose]() {
      await simulator.close()
      rmSync(folder, { recursive: true })
    },
  }
}
