import type { Identifiable } from './write-outcome.ts'
import type { WriteProgress } from './write-progress.ts'

/** Whether the destination accepts another record now, or has accepted one that was sent since the first refusal. Tries the newest of this write first, if it is newer. */
export async function isAnotherTaken<R>(progress: WriteProgress<R>): Promise<boolean> {
  const { options, streak, suspects } = progress
  const begun = suspects.length === 0 ? streak.attempts : Math.min(progress.suspectedAt, streak.attempts)
  if (options.health.lastAccepted > begun) return true
  const newest = progress.byAge(suspects.map(({ index }) => index)).at(-1)
  const at = (newest === undefined ? undefined : progress.identity(newest)?.at) ?? Number.NEGATIVE_INFINITY
  const own = progress.byAge(progress.writes.flat()).at(-1)
  if (own !== undefined && (progress.identity(own)?.at ?? Number.NEGATIVE_INFINITY) > at) {
    progress.writes = progress.writes.map((write) => write.filter((index) => index !== own))
    const answer = await progress.sendAlone(own)
    if (answer === 'taken') return true
    if (answer === 'unclear') progress.writes = [...progress.writes, [own]]
    else if (answer !== 'uncertain') progress.reject(own, answer)
  }
  return isOtherTaken(progress)
}

/** Milliseconds since 1970: any event is after it. */
const beforeAll = 0

/** Tries a record from outside this write: the newest that was accepted before, or else a newer event from the source. */
export async function isOtherTaken<R>(progress: WriteProgress<R>): Promise<boolean> {
  const { health, newerThan } = progress.options
  const known = health.age.newest
  if (known && (await isProbeTaken(progress, known))) return true
  const indexes = [...progress.suspects.map(({ index }) => index), ...progress.writes.flat()]
  const times = indexes.flatMap((index) => progress.identity(index)?.at ?? [])
  const newer = await newerThan?.(times.reduce((a, b) => Math.max(a, b), known?.identity.at ?? beforeAll))
  return newer !== undefined && isProbeTaken(progress, newer)
}

/** Sends a record ahead of its turn. Its own write sends it again later. */
async function isProbeTaken<R>(
  { options, writer, clock }: WriteProgress<R>,
  { record, identity }: Identifiable<R>,
): Promise<boolean> {
  const { health, retryPolicy } = options
  const refusal = await writer.send([record], () => {
    health.age.taken(record, identity, clock.now())
    health.accept(writer.attempt)
  })
  retryPolicy.onFact?.({ type: 'probed', id: identity.id, isTaken: refusal === undefined })
  return refusal === undefined
}
