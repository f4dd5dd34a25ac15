import { isFault } from '@asana-audit/core'
import { expect, test } from 'vitest'
import { judgeAnswer } from '../../src/answers/judge-answer.ts'

function judged(
  status: number,
  body: string,
  url = 'https://c.example/v1/logs',
  records = 3,
): ReturnType<typeof judgeAnswer> {
  const response = { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) }
  return judgeAnswer(response, { url: new URL(url), secrets: [], records, now: 0 })
}

test.each([
  [199, false],
  [200, true],
  [299, true],
  [300, false],
])('a complete answer is accepted only with a status of success: %i, %s', (status, accepted) => {
  expect(isFault(judged(status, '{}'))).toBe(!accepted)
})

test('a web page instead of an answer is a fault that says what to check', () => {
  expect(judged(200, '<html>')).toMatchObject({
    fault: 'temporary',
    code: 'not_a_receiver',
    message: expect.stringMatching(
      /^The answer 200 from https:\/\/c\.example\/v1\/logs is not the whole answer.*nothing counts as delivered.*login page/,
    ),
  })
})

test('the fault of a partial success names the number of refused records, a possible cause and the message of the receiver', () => {
  const partialSuccess = { rejectedLogRecords: 2, errorMessage: 'too old' }
  expect(judged(200, JSON.stringify({ partialSuccess }))).toMatchObject({
    fault: 'rejected',
    code: 'partial_success',
    at: 'some-taken',
    message:
      'https://c.example/v1/logs refused 2 records of a request without naming them, and took the rest. ' +
      'The refused records may be older than the store accepts: raise its age limit. ' +
      'If the store drops repeats by log.record.uid, you can also choose on-uncertain resend. It says: "too old".',
  })
})

test('a receiver that refuses the only record of a request is quoted so', () => {
  const body = JSON.stringify({ partialSuccess: { rejectedLogRecords: 1 } })
  expect(judged(200, body, undefined, 1)).toMatchObject({
    at: 'none-taken',
    message: expect.stringContaining('refused the only record of a request.'),
  })
})

test('a receiver that says it refused all records has taken none, so they may be sent in parts', () => {
  const partialSuccess = { rejectedLogRecords: '3', errorMessage: 'too old' }
  expect(judged(200, JSON.stringify({ partialSuccess }))).toMatchObject({
    fault: 'rejected',
    code: 'partial_success',
    at: 'none-taken',
    message:
      'https://c.example/v1/logs refused all 3 records of a request. ' +
      'The refused records may be older than the store accepts: raise its age limit. It says: "too old".',
  })
})

test.each([3, 0])(
  'a receiver that refuses more records than the %i it got may have taken some',
  (records) => {
    const body = JSON.stringify({ partialSuccess: { rejectedLogRecords: 5 } })
    expect(judged(200, body, undefined, records)).toMatchObject({
      code: 'partial_success',
      at: 'some-taken',
      message: expect.stringContaining(
        `says that it refused 5 records of a request that has ${records}, so nobody knows which it took.`,
      ),
    })
  },
)

test('a partial success with no refused record is accepted, with the message of the receiver', () => {
  const partialSuccess = { rejectedLogRecords: 0, errorMessage: 'slow' }
  expect(judged(200, JSON.stringify({ partialSuccess }))).toEqual({ remark: 'slow' })
})

test('the fault of a 400 names the request and the path, as some receivers answer an unknown path with it', () => {
  expect(judged(400, 'unsupported path requested')).toMatchObject({
    fault: 'rejected',
    code: 'bad_data',
    message:
      'https://c.example/v1/logs answered 400. It cannot read a part of this request, or does not know the path of the URL. ' +
      'It says: "unsupported path requested".',
  })
})

test('the fault of a 429 says that nothing is lost, and what to do if it does not end', () => {
  expect(judged(429, '')).toMatchObject({
    fault: 'temporary',
    code: 'rate_limited',
    message:
      'https://c.example/v1/logs answered 429. It limits how much it takes. The same records are sent again, so nothing is lost; ' +
      'if this does not end, raise the limit of the receiver.',
  })
})

test('only the fault of a 404 names a path that ends in /v1/logs twice', () => {
  const twice = 'https://c.example/v1/logs/v1/logs'
  const messageOf = (status: number): string => {
    const judgement = judged(status, '', twice)
    return isFault(judgement) ? judgement.message : ''
  }
  expect(messageOf(404)).toContain('twice')
  expect(messageOf(401)).not.toContain('twice')
})
