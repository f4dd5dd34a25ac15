import { createInterface } from 'node:readline'
import { isFault } from '@asana-audit/core'
import { postgresState } from '@asana-audit/core/postgres-state'

/**
 * A runner as a process of its own: claims the pipeline `main` of a state and says so; then commits each line it reads as a cursor, and says
 * what came of it, `saved` or the code of a fault.
 */
const [url = ''] = process.argv.slice(2)
const state = await postgresState({ url })
const lane = await (await state.standby('main')).lane('live', 'f')
process.stdout.write('claimed\n')
for await (const cursor of createInterface({ input: process.stdin })) {
  try {
    await lane.commit({ cursor, delivered: [{ id: cursor, at: Date.now() }], quarantined: [] })
    process.stdout.write('saved\n')
  } catch (error) {
    if (!isFault(error)) throw error
    process.stdout.write(`${error.code}\n`)
  }
}
