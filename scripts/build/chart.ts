/**
 * Packs the Helm chart into `dist`, with its parts as CycloneDX beside it: it has none, and runs the image. `helm package` would write the
 * time into it, so that no two were the same.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { packageAddon } from '../../packages/splunk-addon/src/package-addon.ts'
import { artifactFolder, removeOlder, version } from '../release/artifacts.ts'
import { sha256 } from '../release/sha256.ts'
import { writeBom } from '../sbom/write-bom.ts'

const source = join(import.meta.dirname, '../../deploy/helm/asana-audit')

/** All but the values for our own tests, which `.helmignore` leaves out too. */
function chartFiles(): ReadonlyMap<string, string> {
  const entries = readdirSync(source, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(source, join(parentPath, name)))
    .filter((path) => !path.startsWith('ci/'))
  return new Map(paths.map((path) => [path, readFileSync(join(source, path), 'utf8')]))
}

try {
  const folder = artifactFolder()
  // Not `asana-audit-VERSION.tgz`, as `helm package` would say: that is the package of npm.
  const path = join(folder, `asana-audit-chart-${version}.tgz`)
  await writeFile(path, await packageAddon('asana-audit', chartFiles()))
  await writeBom(`${path}.cdx.json`, {
    name: 'asana-audit-chart',
    version,
    license: 'Apache-2.0',
    origin: { type: 'generic' },
    sha256: await sha256(path),
    parts: [],
  })
  removeOlder(folder, ['asana-audit-chart-*.tgz*'], [path])
  process.stdout.write(`${path}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
