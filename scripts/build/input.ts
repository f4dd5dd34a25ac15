/** Builds the Splunk add-on that polls, into `dist`, with its parts as CycloneDX beside it: an app for Splunk on Linux x86-64. */
import { join } from 'node:path'
import { appId } from '../../packages/splunk-input/src/index.ts'
import { buildExecutable } from '../executable/build-executable.ts'
import { archivesOf, artifactFolder, executablePath, removeOlder, version } from '../release/artifacts.ts'
import { buildApp } from '../splunk-input/build-app.ts'
import { uccTools } from '../ucc/location.ts'

try {
  if (process.arch !== 'x64')
    throw new Error('The app is built on Linux x86-64: it holds the program for that.')
  const ucc = uccTools(process.env)
  if (!ucc) throw new Error("Splunk's framework for add-ons is not here. Run `pnpm setup:ucc` once.")
  const folder = artifactFolder()
  const path = join(folder, `${appId}-${version}-linux-x64.tgz`)
  await buildApp(path, { ucc, executable: await buildExecutable(executablePath()), version })
  removeOlder(folder, [archivesOf(appId)], [path])
  process.stdout.write(`${path}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
