import type { StoredQuarantineEntry } from '@asana-audit/core'
import { existingState } from '../../config/existing-state.ts'
import type { AnyCommand, Done } from '../../flags/command.ts'
import { examples } from '../../flags/help.ts'
import { type StateFlags, withStateFlags } from '../../flags/state-flags.ts'
import { openState } from '../../pipelines/open-state.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { refused } from '../../terminal/problem.ts'
import { say, sayAside } from '../../terminal/say.ts'

/** `asana-audit quarantine discard`. */
export const quarantineDiscardCommand = (done: Done): AnyCommand =>
  withStateFlags('discard')
    .argument('<number...>')
    .description(
      'Take out, without sending, what the destination has: look for its log.record.uid (the gid) there first. It counts as delivered.',
    )
    .addHelpText('before', examples('quarantine discard 1', 'quarantine discard 4 5 6'))
    .action(async (numbers, flags) => done(await quarantineDiscard(numbers, flags)))

/**
 * Takes entries out of the quarantine without sending them, all or none: for those of which a person has seen that the
 * destination has them. They count as delivered from then on. Works beside a runner.
 */
async function quarantineDiscard(numbers: readonly string[], flags: StateFlags): Promise<ExitCode> {
  const place = existingState(flags, process.env)
  if ('problems' in place) return refused(place.problems)
  const wanted = new Set(numbers)
  const found: StoredQuarantineEntry[] = []
  const state = await openState(place)
  try {
    for await (const entry of state.quarantine()) if (wanted.delete(String(entry.number))) found.push(entry)
    if (wanted.size === 0) await state.discharge(found.map(({ number }) => number))
  } finally {
    await state.close()
  }
  if (wanted.size > 0) {
    const none = wanted.size === 1 ? 'There is no entry' : 'There are no entries'
    const message = `${none} ${[...wanted].join(', ')} in the quarantine, so nothing was discarded; asana-audit quarantine list shows what there is.`
    sayAside(message)
    return exitCode.failed
  }
  for (const { number, pipeline, kind, id } of found) {
    const line = `✓ ${number}  ${pipeline}  ${kind}  gid ${id ?? '-'}  discarded`
    say(line)
  }
  return exitCode.done
}
