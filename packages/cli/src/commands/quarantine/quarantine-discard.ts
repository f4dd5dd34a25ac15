import type { StoredQuarantineEntry } from '@asana-audit/core'
import { existingState } from '../../config/existing-state.ts'
import type { AnyCommand, Done } from '../../flags/command.ts'
import { examples } from '../../flags/help.ts'
import { type StateFlags, withStateFlags } from '../../flags/state-flags.ts'
import { openExistingState } from '../../pipelines/open-state.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings } from '../../terminal/problem.ts'
import { say, sayFailure } from '../../terminal/say.ts'

/** `asana-audit quarantine discard`. */
export const quarantineDiscardCommand = (done: Done): AnyCommand =>
  withStateFlags('discard')
    .argument('<number...>')
    .description(
      'Remove events that the destination already has, without sending them. Look for their log.record.uid (the gid) there first. They count as delivered.',
    )
    .addHelpText('before', examples('quarantine discard 1', 'quarantine discard 4 5 6'))
    .action(async (numbers, flags) => done(await quarantineDiscard(numbers, flags)))

/**
 * Removes entries from the quarantine without sending them, all or none, after a person has seen that the destination has them.
 * From then on they count as delivered. Can be used while a runner is running.
 */
async function quarantineDiscard(numbers: readonly string[], flags: StateFlags): Promise<ExitCode> {
  const location = await existingState(flags, process.env)
  if ('problems' in location) return invalidSettings(location.problems)
  const wanted = new Set(numbers)
  const found: StoredQuarantineEntry[] = []
  const state = await openExistingState(location)
  try {
    for await (const entry of state.quarantine()) if (wanted.delete(String(entry.number))) found.push(entry)
    if (wanted.size === 0) await state.discharge(found.map(({ number }) => number))
  } finally {
    await state.close()
  }
  if (wanted.size > 0) {
    const none = wanted.size === 1 ? 'There is no entry' : 'There are no entries'
    const message = `${none} ${[...wanted].join(', ')} in the quarantine, so nothing was discarded. asana-audit quarantine list shows all entries.`
    sayFailure(message)
    return exitCode.failed
  }
  for (const { number, pipeline, kind, id } of found) {
    const line = `✓ ${number}  ${pipeline}  ${kind}  gid ${id ?? '-'}  discarded`
    say(line)
  }
  return exitCode.done
}
