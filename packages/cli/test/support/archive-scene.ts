import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, beforeEach } from 'vitest'

/** For the tests of one file: a simulator, and for each test an empty folder. */
export interface ArchiveScene {
  readonly simulator: () => Simulator
  /** A path in the folder. */
  readonly file: (name: string) => string
  /** The environment that names the simulator, and the folder for the state and as home. */
  readonly env: () => Record<string, string>
  /** Writes a configuration with a pipeline into this archive and perhaps another setting, and returns its path. */
  readonly inYaml: (map: string, more?: string) => string
}

/** Call it outside of tests: it adds hooks to the file. */
export function archiveScene(): ArchiveScene {
  let simulator: Simulator
  let folder = ''
  beforeAll(async () => {
    simulator = await startSimulator({ events: 300, days: 5 })
  })
  afterAll(() => simulator.close())
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'asana-audit-archive-'))
    return () => rmSync(folder, { recursive: true })
  })
  const file = (name: string): string => join(folder, name)

  return {
    simulator: () => simulator,
    file,
    env: () => ({
      ASANA_BASE_URL: simulator.url,
      ASANA_WORKSPACE: simulator.workspace,
      ASANA_TOKEN: 'simulator-token',
      ASANA_AUDIT_STATE: file('state.db'),
      HOME: folder,
    }),
    inYaml(map, more = '') {
      const path = file('p.yaml')
      writeFileSync(
        path,
        `pipelines:\n  - name: evidence\n    workspace: "${simulator.workspace}"\n    ${more}\n    to: { archive: ${map} }\n`,
      )
      return path
    },
  }
}
