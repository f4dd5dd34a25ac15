import { type Fault, isFault } from '@asana-audit/core'
import { expect } from 'vitest'

/** The fault that a write rejects with. The test fails if the write resolves or throws anything else. */
export async function faultOf(write: Promise<unknown>): Promise<Fault> {
  const error = await write.then(
    () => new Error('the write was accepted'),
    (reason: unknown) => reason,
  )
  if (!isFault(error)) expect.fail(`not a fault: ${String(error)}`)
  return error
}
