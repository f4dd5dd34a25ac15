import { isFault } from '@asana-audit/core'
import { CommanderError } from 'commander'
import { faultCode } from './pipelines/result-code.ts'
import { program } from './program.ts'
import { exitCode } from './terminal/exit-code.ts'
import { silenceExperimentalWarnings } from './terminal/experimental-warnings.ts'
import { sayAside } from './terminal/say.ts'
import { guardStandardStreams } from './terminal/standard-streams.ts'

silenceExperimentalWarnings()
guardStandardStreams()
const command = program((code) => {
  process.exitCode = code
})
command.exitOverride()
for (const sub of command.commands) exitInsteadOfOverride(sub)

try {
  await command.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.wrongConfiguration
  } else if (isFault(error)) {
    sayAside(`asana-audit: ${error.message}`)
    process.exitCode = faultCode(error)
  } else {
    throw error
  }
}

/** Commander asks every command by itself whether it may exit the process. */
function exitInsteadOfOverride(sub: typeof command): void {
  sub.exitOverride()
  for (const inner of sub.commands) exitInsteadOfOverride(inner)
}
