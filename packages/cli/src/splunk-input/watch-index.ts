import { isFault } from '@asana-audit/core'
import { systemClock } from '@asana-audit/core/sink-kit'
import type { InputDefinition, Splunkd } from '@asana-audit/splunk-input'
import type { InputLog } from './input-log.ts'
import { requireIndex } from './open-input.ts'

interface WatchIndexOptions {
  /** At most half of the trail: then all that was written since the index was disabled has not counted as delivered yet. */
  readonly everyMs: number
  readonly signal: AbortSignal
}

/** Looks at the index of an input while it runs. Aborts what it returns, with the fault, once the index is disabled. */
export function watchIndex(
  definition: Pick<InputDefinition, 'params'>,
  splunkd: Splunkd,
  log: InputLog,
  { everyMs, signal }: WatchIndexOptions,
): AbortController {
  const lost = new AbortController()
  let isBlind = false
  async function look(): Promise<void> {
    for (;;) {
      await systemClock.sleep(everyMs, signal)
      try {
        await requireIndex(definition, splunkd)
        isBlind = false
      } catch (error) {
        if (!isFault(error)) throw error
        if (error.code === 'index_disabled') return lost.abort(error)
        if (!isBlind)
          log.say(
            'warn',
            error.code,
            `${error.message} Until then nobody sees whether the index is disabled.`,
          )
        isBlind = true
      }
    }
  }
  look().catch((error: unknown) => {
    // A defect, or splunkd sent another shape of list than documented.
    if (!signal.aborted) lost.abort(error)
  })
  return lost
}
