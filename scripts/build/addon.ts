/** Builds the add-on for Splunk into `dist`, as Splunk installs it, with its parts as CycloneDX beside it: it has none of others. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addonFiles, addonId } from '../../packages/splunk-addon/src/addon-files.ts'
import { packageAddon } from '../../packages/splunk-addon/src/package-addon.ts'
import { archivesOf, artifactFolder, removeOlder, version } from '../release/artifacts.ts'
import { sha256 } from '../release/sha256.ts'
import { writeBom } from '../sbom/write-bom.ts'

try {
  const folder = artifactFolder()
  const path = join(folder, `${addonId}-${version}.tgz`)
  await writeFile(path, await packageAddon(addonId, addonFiles()))
  await writeBom(`${path}.cdx.json`, {
    name: addonId,
    version,
    license: 'Apache-2.0',
    origin: { type: 'generic' },
    sha256: await sha256(path),
    parts: [],
  })
  removeOlder(folder, [archivesOf(addonId)], [path])
  process.stdout.write(`${path}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
