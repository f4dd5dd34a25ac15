import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { startSimulator } from '@asana-audit/simulator'
import { expect, onTestFinished, test } from 'vitest'
import type { ArchiveFormat } from '../src/index.ts'
import { folderOf, gidsIn, newFolder } from './support/archive-folder.ts'
import { problemsOf, verified } from './support/archive-in.ts'
import { faultyProxy } from './support/faulty-proxy.ts'
import { access, noVersitygw, startVersitygw } from './support/versitygw.ts'

const events = 6_000
const kills = 5

/** Delivers into the archive in a process of its own. Resolves with how it ended. `onStart` gets what kills it. */
async function runOnce(
  env: Readonly<Record<string, string>>,
  onStart: (kill: () => void) => void = () => {},
): Promise<string | number | null> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'support/deliver-and-die.ts')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  onStart(() => child.kill('SIGKILL'))
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  return signal ?? code
}

test.each(['jsonl', 'flat', 'jsonl,flat', 'jsonl,ocsf'])(
  'killed five times right after it created an object of %s, it archives 6,000 events of 6,000, each once',
  async (formats) => {
    await using simulator = await startSimulator({ events, days: 5 })
    const folder = newFolder()
    const env = {
      ASANA_BASE_URL: simulator.url,
      ASANA_WORKSPACE: simulator.workspace,
      ASANA_TOKEN: 'simulator-token',
      FORMATS: formats,
      ARCHIVE: folder,
      STATE: `${folder}.db`,
    }
    for (let kill = 1; kill <= kills; kill += 1)
      expect(await runOnce({ ...env, DIE_AFTER: String(kill % 3) }), `kill ${kill}`).toBe('SIGKILL')
    expect(await runOnce(env)).toBe(0)
    for (const format of formats.split(',')) {
      const gids = await gidsIn(folder, folderOf[format as ArchiveFormat])
      expect(new Set(gids).size).toBe(events)
      expect(gids).toHaveLength(events)
    }
    expect(await problemsOf(folder)).toEqual([])
    expect((await verified(folder)).events).toBe(events)
  },
)

test.skipIf(noVersitygw)(
  'killed five times right after an object store took an object, each event is in the bucket once',
  async () => {
    await using simulator = await startSimulator({ events, days: 5 })
    const store = await startVersitygw()
    let kill = (): void => {}
    let left = Number.POSITIVE_INFINITY
    const proxy = await faultyProxy(
      store.endpoint,
      () => 'pass',
      ({ method, path }, status) => {
        if (method !== 'PUT' || !path.includes('/event/') || status !== 200) return
        left -= 1
        // The answer is on its way and does not arrive.
        if (left === 0) kill()
      },
    )
    const env = {
      ASANA_BASE_URL: simulator.url,
      ASANA_WORKSPACE: simulator.workspace,
      ASANA_TOKEN: 'simulator-token',
      ARCHIVE: store.bucket,
      ENDPOINT: proxy.endpoint,
      STATE: `${newFolder()}.db`,
      AWS_ACCESS_KEY_ID: access.accessKeyId,
      AWS_SECRET_ACCESS_KEY: access.secretAccessKey,
    }
    const started = (ofChild: () => void): void => {
      kill = ofChild
    }
    for (let number = 1; number <= kills; number += 1) {
      left = 1 + (number % 3)
      expect(await runOnce(env, started), `kill ${number}`).toBe('SIGKILL')
    }
    left = Number.POSITIVE_INFINITY
    expect(await runOnce(env, started)).toBe(0)
    const gids = await gidsIn(store.folder)
    expect(new Set(gids).size).toBe(events)
    expect(gids).toHaveLength(events)
    expect(await problemsOf(store.folder)).toEqual([])
  },
)
