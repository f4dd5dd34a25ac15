import { isFault } from '@asana-audit/core'
import { systemClock } from '@asana-audit/core/sink-kit'
import type { InputDefinition, Splunkd } from '@asana-audit/splunk-input'
import type { InputLog } from './input-log.ts'
import { requireIndex } from './open-input.ts'

interface WatchIndexOptions {
  /** At most half of the trail: then all that was written since the index was disabled has not counted as delivered yet. */
  readonly everyMs: number
  readonly signal: AbortSignal
  /** Aborted with the fault once the index is disabled or gone. */
  readonly lost: AbortController
}

const blind =
  'As long as this lasts, the input goes on, but does not see whether its index is disabled. If it does not end, disable the input and enable it again: Splunk then gives it a new session key.'

/** Looks at the index of an input while it runs, until the signal. */
export function watchIndex(
  definition: Pick<InputDefinition, 'params'>,
  splunkd: Splunkd,
  log: InputLog,
  { everyMs, signal, lost }: WatchIndexOptions,
): void {
  let isBlind = false
  async function look(): Promise<void> {
    for (;;) {
      await systemClock.sleep(everyMs, signal)
      try {
        await requireIndex(definition, splunkd)
        isBlind = false
      } catch (error) {
        if (signal.aborted || !isFault(error)) throw error
        if (error.code === 'index_disabled' || error.code === 'index_missing') return lost.abort(error)
        if (!isBlind) log.say('warn', error.code, `${error.message} ${blind}`)
        isBlind = true
      }
    }
  }
  look().catch((error: unknown) => {
    // A defect, or splunkd sent another shape of list than documented.
    if (!signal.aborted) lost.abort(error)
  })
}
