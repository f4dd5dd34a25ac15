import { hourOf } from '@asana-audit/core/ledger'
import { millisAt } from '@asana-audit/schema/lossless'
import { parseTime } from '../config/times/time.ts'
import { rewindLanes } from '../pipelines/rewind-lanes.ts'
import type { InputLog } from './input-log.ts'
import { inputPipeline } from './input-settings.ts'
import type { ClaimedState } from './input-state.ts'

/** The note in the state of what was done last. */
const noteName = 'read_again_from'

/**
 * Moves the position of an input back to where its settings ask for it: once for each value. The note is written last, so a crash in between
 * does it once more. Without a value the note goes, and the same value counts again later.
 */
export async function readAgain(
  value: string | undefined,
  { state, claim }: Pick<ClaimedState, 'state' | 'claim'>,
  log: Pick<InputLog, 'say'>,
  now: number,
): Promise<void> {
  const done = (await state.notesOf(inputPipeline)).get(noteName)
  if (value === done) return
  const time = value === undefined ? undefined : parseTime(value, now)
  const lanes = await state.lanes()
  // Without a position there is nothing to move: the first start begins at `since`.
  if (time !== undefined && lanes.length > 0) {
    const { from } = await rewindLanes(claim, inputPipeline, lanes, hourOf(millisAt(time)))
    const detail = `Reads again from ${new Date(from).toISOString()} on, as "Read again from" asks: these events come again, with the same gid. The same value is not obeyed twice.`
    log.say('info', 'read_again', detail)
  }
  await state.keepNotes(inputPipeline, new Map([[noteName, value]]))
}
