import { isFault } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { judgeAnswer } from '../src/answers/judge-answer.ts'

function judged(
  status: number,
  body: string,
  url = 'https://c.example/v1/logs',
): ReturnType<typeof judgeAnswer> {
  const response = { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) }
  return judgeAnswer(response, { url: new URL(url), secrets: [], now: 0 })
}

test.each([
  [199, false],
  [200, true],
  [299, true],
  [300, false],
])('a whole answer counts with a status of success alone: %i, %s', (status, accepted) => {
  expect(isFault(judged(status, '{}'))).toBe(!accepted)
})

test('a page in place of an answer is said to be no receiver, with what to look at', () => {
  expect(judged(200, '<html>')).toMatchObject({
    fault: 'temporary',
    code: 'not_a_receiver',
    message: expect.stringMatching(
      /^What answered 200 at https:\/\/c\.example\/v1\/logs is not the whole answer.*nothing counts as delivered.*login page/,
    ),
  })
})

test('a partial success says how many records were refused, a possible cause, and the words of the receiver', () => {
  const partialSuccess = { rejectedLogRecords: 2, errorMessage: 'too old' }
  expect(judged(200, JSON.stringify({ partialSuccess }))).toMatchObject({
    fault: 'rejected',
    code: 'partial_success',
    at: 'some-taken',
    message:
      'https://c.example/v1/logs refused 2 records of a request without naming them, and took the rest. ' +
      'What it refused may be older than the store takes: raise its age limit, or, if it drops repeats by log.record.uid, ' +
      'choose on-uncertain resend. It says: "too old".',
  })
})

test('none refused is accepted with a remark', () => {
  const partialSuccess = { rejectedLogRecords: 0, errorMessage: 'slow' }
  expect(judged(200, JSON.stringify({ partialSuccess }))).toEqual({ remark: 'slow' })
})

test('a path given twice is named for a page that is not found, and for nothing else', () => {
  const twice = 'https://c.example/v1/logs/v1/logs'
  const messageOf = (status: number): string => {
    const judgement = judged(status, '', twice)
    return isFault(judgement) ? judgement.message : ''
  }
  expect(messageOf(404)).toContain('twice')
  expect(messageOf(401)).not.toContain('twice')
})
