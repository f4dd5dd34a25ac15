import { type Fault, isFault } from '@asana-audit/core'
import { expect } from 'vitest'

/** The fault a write rejects with; fails the test when it resolves or throws anything else. */
export async function faultOf(write: Promise<unknown>): Promise<Fault> {
  const error = await write.then(
    () => new Error('the write was accepted'),
    (reason: unknown) => reason,
  )
  if (!isFault(error)) expect.fail(`not a fault: ${String(error)}`)
  return error
}
