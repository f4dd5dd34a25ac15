import { isFault } from '@asana-audit/core'
import { CommanderError } from 'commander'
import { faultCode } from './pipelines/result-code.ts'
import { program } from './program.ts'
import { exitCode } from './terminal/exit-code.ts'
import { silenceExperimentalWarnings } from './terminal/experimental-warnings.ts'
import { sayFailure } from './terminal/say.ts'
import { guardStandardStreams } from './terminal/standard-streams.ts'

/** Runs the command that the arguments of the process name, and sets its exit code. */
export async function main(): Promise<void> {
  silenceExperimentalWarnings()
  guardStandardStreams()
  try {
    const command = await program((code) => {
      process.exitCode = code
    }, process.argv.slice(2))
    await command.parseAsync()
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.wrongConfiguration
    } else if (isFault(error)) {
      sayFailure(error.message)
      process.exitCode = faultCode(error)
    } else if (isRefusedBySystem(error)) {
      sayFailure(`The operating system refused something: ${error.message}.`)
      process.exitCode = exitCode.failed
    } else {
      throw error
    }
  }
}

/** For the rest of what can go wrong with files and folders. The message names the call, the path and the reason; a trace would hide them. */
function isRefusedBySystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string'
}
