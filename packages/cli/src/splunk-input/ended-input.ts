import { type Clock, type Fault, fault, isFault } from '@asana-audit/core'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import type { InputLog } from './input-log.ts'

/** Splunk starts an input again as soon as it has ended, where its interval is 0. A failure waits until a minute after the start. */
const shortestLifeMs = 60_000

export interface EndedInputOptions {
  readonly log: Pick<InputLog, 'say' | 'failed'>
  /** A steady one: if somebody puts the clock of the machine back, the wait must not grow. */
  readonly clock: Clock
  /** When the process started, by that clock. */
  readonly started: number
  /** Ends the wait. */
  readonly signal: AbortSignal
}

/** Says why an input ends, and waits so that Splunk does not start it in a loop. Gives the exit status. */
export async function endedInput(
  error: unknown,
  { log, clock, started, signal }: EndedInputOptions,
): Promise<ExitCode> {
  const found = isFault(error) ? error : defect(error)
  if (found.code === 'splunkd_gone') {
    log.say('info', found.code, found.message)
    return exitCode.done
  }
  log.failed(found)
  const wait = Math.max(0, started + shortestLifeMs - clock.now())
  // Only a stop ends the wait.
  await clock.sleep(wait, signal).catch(() => {})
  return exitCode.failed
}

/** Whole, in one line of the log: Node would print it in lines without a level. */
function defect(error: unknown): Fault {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const message = `This is a defect of asana-audit. Splunk starts the input again, and nothing is lost. Please report it: ${text}`
  return fault({ fault: 'fatal', code: 'defect', message })
}
