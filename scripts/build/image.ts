/**
 * Builds an OCI image from scratch, without a daemon, into `dist/image`: the single executable and the C libraries it needs. What it consists
 * of is in `dist/image.cdx.json`.
 */
import { join } from 'node:path'
import { ComponentType } from '@cyclonedx/cyclonedx-library/Enums'
import { buildExecutable } from '../executable/build-executable.ts'
import { containerConfig } from '../image/image-config.ts'
import { imageFiles, librariesOf } from '../image/image-files.ts'
import { layerOf } from '../image/layer.ts'
import { writeOciLayout } from '../image/oci-layout.ts'
import { partsOfSystem } from '../image/system-packages.ts'
import { artifactFolder, executablePath, version } from '../release/artifacts.ts'
import { writeBom } from '../sbom/write-bom.ts'

try {
  const { path: executable, parts } = await buildExecutable(executablePath())
  const libraries = await librariesOf(executable)
  const layer = await layerOf(imageFiles(executable, libraries))
  const path = join(artifactFolder(), 'image')
  const digest = await writeOciLayout(path, { layer, config: containerConfig, tag: version })
  await writeBom(`${path}.cdx.json`, {
    name: 'asana-audit',
    version,
    license: 'Apache-2.0',
    type: ComponentType.Container,
    origin: { type: 'oci', version: digest, qualifiers: { tag: version } },
    sha256: digest.replace('sha256:', ''),
    parts: [...parts, ...(await partsOfSystem(libraries))],
  })
  process.stdout.write(`oci:${path}:${version}\n${digest}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
