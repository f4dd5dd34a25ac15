import type { StoredQuarantineEntry } from '@asana-audit/core'
import { existingState } from '../config/existing-state.ts'
import { refused } from '../config/problem.ts'
import type { StateFlags } from '../config/state-path.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { safeText } from '../investigate/safe-text.ts'
import { openState } from '../open-state.ts'
import { wrapped } from '../wrapped.ts'

/**
 * Takes entries out of the quarantine without sending them, all or none: for those of which a person has seen that the
 * destination has them. They count as delivered from then on. Works beside a runner.
 */
export async function quarantineDiscard(numbers: readonly string[], flags: StateFlags): Promise<ExitCode> {
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
    process.stderr.write(`${wrapped(safeText(message), 2, process.stderr.columns)}\n`)
    return exitCode.failed
  }
  for (const { number, pipeline, kind, id } of found) {
    const line = `✓ ${number}  ${pipeline}  ${kind}  gid ${id ?? '-'}  discarded`
    process.stdout.write(`${wrapped(safeText(line), 2, process.stdout.columns)}\n`)
  }
  return exitCode.done
}
