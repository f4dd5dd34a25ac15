import type { ClientBase } from 'pg'

/** Does the work in a transaction: all of it holds, or nothing. */
export async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    const done = await work()
    await client.query('commit')
    return done
  } catch (error) {
    // A connection that is gone has nothing to roll back; the first error says why.
    await client.query('rollback').catch(() => {})
    throw error
  }
}
