import { isFault } from '@asana-audit/core'
import { CommanderError } from 'commander'
import { faultCode } from './pipelines/result-code.ts'
import { program } from './program.ts'
import { exitCode } from './terminal/exit-code.ts'
import { silenceExperimentalWarnings } from './terminal/experimental-warnings.ts'
import { sayOnStderr } from './terminal/say.ts'
import { guardStandardStreams } from './terminal/standard-streams.ts'

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
    sayOnStderr(`asana-audit: ${error.message}`)
    process.exitCode = faultCode(error)
  } else {
    throw error
  }
}
