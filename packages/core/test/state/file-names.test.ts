import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)

/** In a folder of its own, since only a relative path may have such a name: the cursor that is there, and then another one is saved. */
async function saved(folder: string, path: string, cursor: string): Promise<string> {
  const program = `
    import { sqliteState } from ${JSON.stringify(import.meta.resolve('../../src/state/sqlite/sqlite-state.ts'))}
    const state = sqliteState({ path: ${JSON.stringify(path)} })
    const lane = await (await state.claim('main')).lane('live', 'f')
    console.log(await lane.load())
    await lane.commit({ cursor: ${JSON.stringify(cursor)}, delivered: [], quarantined: [] })
    await state.close()`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder })
  return stdout.trim()
}

// Windows has no such names.
test.skipIf(process.platform === 'win32').each([':memory:', 'file:x.db', 'file:x.db?mode=memory'])(
  'a state is kept in the file of its name, also where SQLite would take it for something else: %s',
  async (path) => {
    const folder = mkdtempSync(join(tmpdir(), 'asana-audit-state-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    expect(await saved(folder, path, 'a')).toBe('undefined')
    expect(await saved(folder, path, 'b')).toBe('a')
    expect(readdirSync(folder).every((name) => name.startsWith(path))).toBe(true)
  },
)
