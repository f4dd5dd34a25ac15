import type { Identifiable } from './write-outcome.ts'
import type { WriteProgress } from './write-progress.ts'

/**
 * Whether the destination accepts another record now, or has accepted one that was sent since the first refusal. Tries the newest unsent
 * record of this write first, if it is newer than the refused ones: a newer record is less likely to be refused for its age.
 */
export async function isAnotherTaken<R>(progress: WriteProgress<R>): Promise<boolean> {
  const { options, streak, suspects } = progress
  const attemptsBefore =
    suspects.length === 0 ? streak.attempts : Math.min(progress.suspectedAt, streak.attempts)
  if (options.health.lastAccepted > attemptsBefore) return true
  const newest = progress.byAge(suspects.map(({ index }) => index)).at(-1)
  const suspectAt =
    (newest === undefined ? undefined : progress.identity(newest)?.at) ?? Number.NEGATIVE_INFINITY
  const newestUnsent = progress.byAge(progress.writes.flat()).at(-1)
  if (
    newestUnsent !== undefined &&
    (progress.identity(newestUnsent)?.at ?? Number.NEGATIVE_INFINITY) > suspectAt
  ) {
    progress.writes = progress.writes.map((write) => write.filter((index) => index !== newestUnsent))
    const answer = await progress.sendAlone(newestUnsent)
    if (answer === 'taken') return true
    if (answer === 'unclear') progress.writes = [...progress.writes, [newestUnsent]]
    else if (answer !== 'uncertain') progress.reject(newestUnsent, answer)
  }
  return isOtherTaken(progress)
}

/** Milliseconds since 1970: any event is after it. */
const beforeAll = 0

/** Tries a record from outside this write: the newest that was accepted before, or else a newer event from the source. */
export async function isOtherTaken<R>(progress: WriteProgress<R>): Promise<boolean> {
  const { health, newerThan } = progress.options
  const acceptedBefore = health.age.newest
  if (acceptedBefore && (await isProbeTaken(progress, acceptedBefore))) return true
  const indexes = [...progress.suspects.map(({ index }) => index), ...progress.writes.flat()]
  const times = indexes.flatMap((index) => progress.identity(index)?.at ?? [])
  const newer = await newerThan?.(
    times.reduce((a, b) => Math.max(a, b), acceptedBefore?.identity.at ?? beforeAll),
  )
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
