import type { Rejected } from '../fault.ts'
import { divideWrite, type Write } from './divide-write.ts'
import { inquire, isDoubtful } from './inquire.ts'
import { quarantineTooOld } from './quarantine-too-old.ts'
import type { DeliverWriteOptions, WriteOutcome } from './write-outcome.ts'
import { WriteProgress } from './write-progress.ts'

/**
 * Decides every record of one write, in order: accepted, refused for good, or uncertain. Waits out temporary faults, and halves a
 * rejected write until it has found the bad record. If single bad records do not explain the refusals, it finds the cause: the
 * set-up (then it pauses and quarantines nothing), or the age of the records.
 */
export async function deliverWrite<R>(options: DeliverWriteOptions<R>): Promise<WriteOutcome> {
  const { health } = options
  const progress = new WriteProgress(options)
  for (;;) {
    const [first] = progress.writes
    if (isDoubtful(progress)) await inquire(progress)
    else if (!first) break
    else if (health.age.hasLimit && progress.areOlderThanTaken(first)) await quarantineTooOld(progress)
    else await sendFirst(progress, first)
  }
  if (!health.isProven) health.quarantineAllowance -= progress.suspects.length
  progress.quarantineSuspects()
  return progress
}

async function sendFirst<R>(progress: WriteProgress<R>, first: Write): Promise<void> {
  const { left, refusal } = await progress.send(first)
  const rest = [left, ...progress.writes.slice(1)]
  if (!refusal) {
    progress.writes = rest
    return
  }
  const isResent = progress.options.onUncertain === 'resend'
  const { code } = refusal
  const rejection: Rejected =
    refusal.fault === 'rejected' ? refusal : { fault: 'rejected', code, at: 'none-taken' }
  const { accepted, rejected, uncertain, writes } = divideWrite(rest, rejection, isResent)
  progress.writes = writes
  progress.accept(accepted)
  progress.setUncertain(uncertain, refusal)
  for (const index of rejected) progress.reject(index, refusal)
}
