import { randomUUID } from 'node:crypto'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isFault } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'

/**
 * A program for a small disk: uses a state in the folder it is given, before the disk is full, while it is, and after. Prints what came of each
 * attempt: `ok` or the code of a fault.
 */
const [folder = ''] = process.argv.slice(2)
const ballast = join(folder, 'ballast')
const state = sqliteState({ path: join(folder, 'state.db') })
const lane = await (await state.claim('main')).lane('live', 'f')

const commit = (): Promise<void> => {
  const delivered = Array.from({ length: 2_000 }, () => ({ id: randomUUID(), at: Date.now() }))
  return lane.commit({ cursor: 'a', delivered, quarantined: [] })
}
async function outcome(attempt: () => Promise<void>): Promise<string> {
  try {
    await attempt()
    return 'ok'
  } catch (error) {
    if (isFault(error)) return error.code
    throw error
  }
}

const before = await outcome(() => state.probe())
const { bavail, bsize } = statfsSync(folder)
writeFileSync(ballast, Buffer.alloc(bavail * bsize - 100_000))
let committed = 'ok'
while (committed === 'ok') committed = await outcome(commit)
const [empty, full] = [await outcome(() => state.discharge([])), await outcome(() => state.probe())]
rmSync(ballast)
const after = [await outcome(() => state.probe()), await outcome(commit)]
process.stdout.write(JSON.stringify({ before, full: { commit: committed, empty, probe: full }, after }))
