/** Builds an OCI image from scratch, without a daemon, into `dist/image`: the single executable and the C libraries it needs. */
import { join } from 'node:path'
import { buildExecutable } from './executable/build-executable.ts'
import { containerConfig } from './image/image-config.ts'
import { imageFiles } from './image/image-files.ts'
import { layerOf } from './image/layer.ts'
import { writeOciLayout } from './image/oci-layout.ts'
import { artifactFolder, executablePath, version } from './release/artifacts.ts'

try {
  await buildExecutable(executablePath())
  const layer = await layerOf(await imageFiles(executablePath()))
  const path = join(artifactFolder(), 'image')
  const digest = await writeOciLayout(path, { layer, config: containerConfig, tag: version })
  process.stdout.write(`oci:${path}:${version}\n${digest}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
