import { isFault } from '@asana-audit/core'
import { CommanderError } from 'commander'
import { exitCode } from './exit-code.ts'
import { silenceExperimentalWarnings } from './experimental-warnings.ts'
import { program } from './program.ts'
import { faultCode } from './result-code.ts'
import { sayAside } from './say.ts'
import { guardStandardStreams } from './standard-streams.ts'

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
