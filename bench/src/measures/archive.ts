import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStoreServer } from '../archive/store-server.ts'
import { storedEvents } from '../archive/stored-events.ts'
import { workspace } from '../asana/page-server.ts'
import type { Outcome, RunCase } from '../case.ts'
import { runCase } from '../run-case.ts'

/** Writes the log into a store of its own, by the variant that `writer` of the options names, and counts what is there afterwards. */
export const archive: RunCase = async (one, servers) => {
  const root = mkdtempSync(join(tmpdir(), 'asana-audit-bench-'))
  const isBucket = one.options.store === 's3'
  try {
    const server = isBucket ? await startStoreServer(root) : undefined
    try {
      const folder = server?.folder ?? join(root, 'archives')
      if (!server) mkdirSync(folder)
      const options = { ...one.options, place: server?.endpoint ?? folder }
      const outcome = await runCase(
        { ...one, options, variant: one.options.writer ?? 'archive-ours' },
        servers,
      )
      if (!('wallMs' in outcome)) return outcome
      return { ...outcome, ...(await storedEvents(join(folder, workspace), one.events)) }
    } finally {
      await server?.stop()
    }
  } catch (error) {
    return { error: (error as Error).message } satisfies Outcome
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
