/** Builds the command as one program that needs no Node, into `dist`. */
import { buildExecutable } from './executable/build-executable.ts'
import { executablePath } from './release/artifacts.ts'

try {
  await buildExecutable(executablePath())
  process.stdout.write(`${executablePath()}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
