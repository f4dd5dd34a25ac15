/** Writes the SHA-256 of all that was built for a release, everything in `dist`, into `dist/SHA256SUMS`. */
import { artifactFolder, version } from '../release/artifacts.ts'
import { writeChecksums } from '../release/checksums.ts'

try {
  const files = await writeChecksums(artifactFolder(), version)
  process.stdout.write(`dist/SHA256SUMS: ${files} files\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
