/** Builds the packages for Debian and Red Hat into `dist`, with the single executable in them. */
import { buildExecutable } from '../executable/build-executable.ts'
import { buildPackages } from '../packages/build-packages.ts'
import { artifactFolder, executablePath } from '../release/artifacts.ts'

try {
  for (const path of await buildPackages(await buildExecutable(executablePath()), artifactFolder()))
    process.stdout.write(`${path}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
