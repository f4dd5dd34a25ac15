/** Builds the command as one program that needs no Node, into `dist`. */
import { buildExecutable } from '../executable/build-executable.ts'
import { artifactFolder, executablePath, removeOlder } from '../release/artifacts.ts'

try {
  await buildExecutable(executablePath())
  removeOlder(artifactFolder(), [`asana-audit-*-linux-${process.arch}*`], [executablePath()])
  process.stdout.write(`${executablePath()}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
