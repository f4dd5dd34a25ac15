/** Packs the command for npm into `dist`, as it would be published, with its parts as CycloneDX beside it. `pnpm build:npm` builds it first. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundledCommand } from '../bundle/bundle.ts'
import { artifactFolder, removeOlder, version } from '../release/artifacts.ts'
import { sha256 } from '../release/sha256.ts'
import { partsOfBundle } from '../sbom/parts-of-bundle.ts'
import { writeBom } from '../sbom/write-bom.ts'

try {
  const folder = artifactFolder()
  const path = join(folder, `asana-audit-${version}.tgz`)
  await promisify(execFile)('pnpm', ['pack', '--pack-destination', folder], {
    cwd: join(import.meta.dirname, '../../packages/cli'),
  })
  await writeBom(`${path}.cdx.json`, {
    name: 'asana-audit',
    version,
    license: 'Apache-2.0',
    origin: { type: 'npm' },
    sha256: await sha256(path),
    parts: partsOfBundle((await bundledCommand()).packages),
  })
  removeOlder(folder, ['asana-audit-[0-9]*.tgz*'], [path])
  process.stdout.write(`${path}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
