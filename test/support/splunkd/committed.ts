import { join } from 'node:path'
import { runCommand } from '../commands/run-command.ts'
import { workspace } from '../servers/asana-server.ts'
import type { Splunkd } from './splunkd.ts'

interface ShownState {
  readonly lanes: readonly { readonly delivered: number }[]
}

/** How many events the position of an input says were delivered, in all lanes. */
export async function committed({ checkpoints }: Splunkd): Promise<number> {
  const path = join(checkpoints, workspace, 'state.db')
  const { code, stdout } = await runCommand(['state', 'show', '--json', '--state', path])
  // Before the input has made it.
  if (code !== 0) return 0
  const { lanes } = JSON.parse(stdout) as ShownState
  return lanes.reduce((sum, { delivered }) => sum + delivered, 0)
}

/** The ids that the position of an input has passed. */
export async function committedGids({ checkpoints }: Splunkd): Promise<ReadonlySet<string>> {
  const path = join(checkpoints, workspace, 'state.db')
  const { code, stdout } = await runCommand(['state', 'export', '--state', path])
  if (code !== 0) return new Set()
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly table?: string; readonly row?: readonly unknown[] })
  return new Set(rows.flatMap(({ table, row }) => (table === 'known' && row ? [String(row[0])] : [])))
}
