import { type Fault, fault } from '../fault.ts'
import { pause } from '../retry.ts'
import type { WriteProgress } from './write-progress.ts'

/**
 * Pauses, at most until another write is accepted: then the set-up is not at fault. After the pause every suspected record is sent
 * again. Nothing is quarantined until something is accepted. If another write of the lane pauses already, this one waits for the end of that
 * pause, so that one trouble is told once and not for each write.
 */
export async function pauseForSetUp<R>(progress: WriteProgress<R>): Promise<void> {
  const { streak } = progress
  streak.pause ??= pauseLane(progress).finally(() => {
    streak.pause = undefined
  })
  await streak.pause
  progress.writes = [progress.clear().map(({ index }) => index), ...progress.writes]
}

async function pauseLane<R>(progress: WriteProgress<R>): Promise<void> {
  const { health, retryPolicy } = progress.options
  const refusal = setUpRefused(progress)
  const woken = new AbortController()
  const endPause = health.pause(woken)
  const signal = retryPolicy.signal ? AbortSignal.any([retryPolicy.signal, woken.signal]) : woken.signal
  try {
    await pause(refusal, { ...retryPolicy, signal })
  } catch (error) {
    if (!woken.signal.aborted || retryPolicy.signal?.aborted) throw error
  } finally {
    endPause()
  }
}

function setUpRefused<R>({ options, suspects, rejectedInRow }: WriteProgress<R>): Fault<'fatal'> {
  const { health } = options
  // A pause in any lane makes the destination unproven, but the message counts earlier acceptances as well.
  const tookSome = health.isProven || health.acceptances > 0
  const records = rejectedInRow === 1 ? '1 record' : `${rejectedInRow} records`
  const what = tookSome
    ? `The destination refused ${records} in a row`
    : 'The destination has not accepted a single record in this run'
  const last = suspects.at(-1)
  const said = last ? ` Last: ${last.reason}` : ''
  const message = `${what}, so its set-up is more likely at fault than the records; nothing was quarantined.${said}`
  return fault({ fault: 'fatal', code: 'set_up_refused', message })
}
