import { randomBytes } from 'node:crypto'
import { parseLosslessJson } from '@asana-audit/schema/lossless'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultOf } from '../../core/test/support/fault-of.ts'
import { asanaPantherEvent } from '../src/index.ts'
import { type Post, startPantherSource } from './support/panther-source.ts'
import { event, events, gids, neverAborted, sinkFor } from './support/sink-for.ts'

test('one event is one line, in order, with nothing added', async () => {
  const source = await startPantherSource()
  await sinkFor(source).write(events(3), neverAborted)
  expect(source.posts).toHaveLength(1)
  expect(source.posts[0]?.lines).toEqual(events(3).map((one) => JSON.stringify(one)))
  expect(source.posts[0]?.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': 'application/x-ndjson',
    'user-agent': 'asana-audit-panther-http',
  })
})

test('numbers that JavaScript cannot hold arrive with all their digits, as texts', async () => {
  const source = await startPantherSource()
  const line = '{"gid":"1","details":{"big":12345678901234567890,"exact":0.1,"text":"a\\nb"}}'
  const parsed = parseLosslessJson(line) as object
  await sinkFor(source).write([parsed], neverAborted)
  expect(source.posts[0]?.lines).toEqual([line.replace('12345678901234567890', '"12345678901234567890"')])
})

test('the event is that of the field policy, and only that: the answer of an identity provider is left out', () => {
  const given = { ...event(1), details: { saml_response: '<xml>', method: 'saml' } }
  expect(asanaPantherEvent(given)).toEqual({ ...event(1), details: { method: 'saml' } })
  expect(() => asanaPantherEvent(given, { policy: 1 } as never)).toThrow('asanaPantherEvent has no option')
})

/** With its headers, counted generously. */
const sentBytes = ({ wire, headers }: Post): number => wire.length + JSON.stringify(headers).length

test('no request has more than 500 kB as sent, nor 1 MB before compression, each with its headers', async () => {
  const source = await startPantherSource()
  // These hardly shrink, the others shrink to a tenth.
  const dense = Array.from({ length: 30 }, (_, number) =>
    event(number, { note: randomBytes(45_000).toString('hex') }),
  )
  const light = Array.from({ length: 30 }, (_, number) => event(100 + number, { note: 'a'.repeat(90_000) }))
  await sinkFor(source).write([...dense, ...light], neverAborted)
  expect(source.posts.map(sentBytes).filter((bytes) => bytes > 500_000)).toEqual([])
  const plain = source.posts.map(({ lines }) => Buffer.byteLength(lines.join('\n')))
  expect(plain.filter((bytes) => bytes > 990_000)).toEqual([])
  expect(source.classified.map(({ gid }) => gid)).toEqual([...dense, ...light].map(({ gid }) => gid))
})

test('two events that do not fit together are sent one after the other', async () => {
  const source = await startPantherSource()
  const dense = [1, 2].map((number) => event(number, { note: randomBytes(360_000).toString('base64') }))
  await sinkFor(source).write(dense, neverAborted)
  expect(source.posts.map(({ lines }) => lines.length)).toEqual([1, 1])
  expect(gids(source)).toEqual(['1', '2'])
})

test('without compression no request has more than 500 kB with its headers', async () => {
  const source = await startPantherSource()
  // So that several events come near the limit.
  const large = Array.from({ length: 20 }, (_, number) => event(number, { note: 'a'.repeat(99_700) }))
  await sinkFor(source, { compression: 'none' }).write(large, neverAborted)
  expect(source.posts.map(sentBytes).filter((bytes) => bytes > 500_000)).toEqual([])
  expect(gids(source)).toEqual(large.map(({ gid }) => gid))
})

test.each([
  ['before compression', { note: 'a'.repeat(1_000_000) }, 'the limit is 990000 (maxBodyBytes)'],
  [
    'as sent',
    { note: randomBytes(480_000).toString('hex') },
    'after compression; the limit is 490000 (maxSentBytes)',
  ],
])(
  'an event too large %s is rejected with a sentence, and those before it are sent',
  async (_, details, says) => {
    const source = await startPantherSource()
    const given = [event(1), event(2), event(3, details), event(4)]
    const found = await faultOf(sinkFor(source).write(given, neverAborted))
    expect(found).toMatchObject({ fault: 'rejected', code: 'event_too_large', at: 2, accepted: 2 })
    expect(found.message).toContain(says)
    expect(found.message).toContain('Drop a field of it by the field policy.')
    expect(gids(source)).toEqual(['1', '2'])
  },
)

test('a value that is not a JSON object is rejected with its place', async () => {
  const source = await startPantherSource()
  for (const bad of [null, 'text', ['list']]) {
    const write = sinkFor(source).write([event(1), bad as unknown as object], neverAborted)
    expect(await faultOf(write)).toMatchObject({ code: 'not_an_object', at: 1, accepted: 1 })
  }
})

test('for any sizes of events and limits, every event arrives once and in order, and no request is over a limit', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.nat(400), { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 1_300, max: 5_000 }),
    fc.integer({ min: 1_000, max: 2_000 }),
    fc.constantFrom('gzip' as const, 'none' as const),
    async (sizes, maxBodyBytes, maxSentBytes, compression) => {
      const source = await startPantherSource()
      const given = sizes.map((size, number) => event(number, { note: randomBytes(size).toString('base64') }))
      await sinkFor(source, { maxBodyBytes, maxSentBytes, compression }).write(given, neverAborted)
      expect(source.classified).toEqual(given)
      for (const { wire, lines } of source.posts) {
        expect(wire.length).toBeLessThanOrEqual(maxSentBytes)
        expect(Buffer.byteLength(lines.join('\n'))).toBeLessThanOrEqual(maxBodyBytes)
      }
    },
  )
  await fc.assert(property, { numRuns: 30 })
})

test('up to four writes are under way at once, or as many as are asked for', async () => {
  const source = await startPantherSource()
  expect(sinkFor(source).prefers).toEqual({ inFlight: 4 })
  expect(sinkFor(source, { inFlight: 1 }).prefers).toEqual({ inFlight: 1 })
})

test('an event that no schema describes is accepted all the same: only Panther sees the failure', async () => {
  const source = await startPantherSource()
  await sinkFor(source).write([event(1), { created_at: 'yesterday' }], neverAborted)
  expect(gids(source)).toEqual(['1'])
  expect(source.failures).toEqual([{ line: '{"created_at":"yesterday"}', why: 'gid is missing' }])
})
