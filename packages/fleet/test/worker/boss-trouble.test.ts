import { expect, test } from 'vitest'
import { bossTrouble } from '../../src/worker/boss-trouble.ts'

test('an error that pg-boss has with the database is told as any other part of the worker tells it', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
  expect(bossTrouble(error)).toMatchObject({
    ...{
      type: 'retrying',
      code: 'state_unreachable',
      message: expect.stringContaining('Check that it runs'),
    },
  })
})

test('an error of its own is told in its words', () => {
  const told = { type: 'retrying', code: 'pg_boss', message: 'pg-boss says: Queue is not found' }
  expect(bossTrouble(new Error('Queue is not found'))).toMatchObject(told)
})
