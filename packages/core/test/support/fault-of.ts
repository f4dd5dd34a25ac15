import { type Fault, isFault } from '@asana-audit/core'

/** What `work` rejects with, which must be a fault. */
export async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const thrown = await work.then(
    (value) => new Error(`expected a fault, got a value: ${String(value)}`),
    (reason: unknown) => reason,
  )
  if (!isFault(thrown)) throw thrown
  return thrown
}
