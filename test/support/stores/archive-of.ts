import { join } from 'node:path'
import { expect } from 'vitest'
import { startAsana } from '../asana-server.ts'
import { runCommand, temporaryFolder } from '../run-command.ts'

/** An archive of a log, in JSON lines and in Parquet. `location`: a folder that ends with the test if it is left out, or `s3://BUCKET/PREFIX`. */
export async function archiveOf(
  log: string[],
  location: string = join(temporaryFolder(), 'archive'),
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const asana = await startAsana({ events: log })
  const words = ['--to', `archive:${location}`, '--archive-formats', 'jsonl,flat']
  const state = join(temporaryFolder(), 'state.db')
  const done = await runCommand(['run', '--once', ...words, '--state', state], {
    env: { ...asana.env, ...env },
  })
  expect(done).toMatchObject({ code: 0 })
  return location
}
