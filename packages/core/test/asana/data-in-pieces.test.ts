import { describe, expect, test } from 'vitest'
import { dataInPieces } from '../../src/asana/data-in-pieces.ts'

interface Event {
  readonly gid: string
  readonly details: unknown
}

/** A few pieces long. */
function events(details: (index: number) => unknown): Event[] {
  return Array.from({ length: 2_000 }, (_, index) => ({
    gid: String(1_200_000_000_000_000 + index),
    created_at: '2026-02-01T10:00:00.000Z',
    details: details(index),
  }))
}

function inPieces(text: string): readonly unknown[] | undefined {
  return dataInPieces(Buffer.from(text))
}

const nextPage = { offset: 'x', path: '/x', uri: 'https://x/x' }

describe('a page in pieces', () => {
  test('has the same events as the page in one piece', () => {
    const data = events((index) => ({ name: `Zoë 山 🚀 ${index}`, members: [{ name: 'a' }, { name: 'b' }] }))
    expect(inPieces(JSON.stringify({ data, next_page: nextPage }))).toEqual(data)
    expect(inPieces(JSON.stringify({ data }))).toEqual(data)
  })

  test('does not split at a text that looks like the end of an event', () => {
    const data = events((index) => ({ name: '},{', text: `},{"gid":"${index}"` }))
    expect(inPieces(JSON.stringify({ data, next_page: nextPage }))).toEqual(data)
  })

  test('keeps every digit of a number in any piece', () => {
    const data = events(() => ({ count: 1 }))
    const text = JSON.stringify({ data }).replaceAll('"count":1', '"count":12345678901234567890')
    expect(inPieces(text)).toEqual(events(() => ({ count: '12345678901234567890' })))
  })

  test.each<[string, string]>([
    [
      'an event holds a list of objects that begin like one',
      page(events(() => [{ gid: '1' }, { gid: '2' }])),
    ],
    [
      'another member of the page does',
      JSON.stringify({ data: events(() => 0), more: events(() => 0), next_page: null }),
    ],
    ['it is written with spaces', JSON.stringify({ data: events(() => 0) }, undefined, 2)],
    ['it is cut short', page(events(() => 0)).slice(0, -10)],
    ['it is broken in the middle', page(events((index) => index)).replace('"details":1000}', '"details":}')],
    ['it is short', page(events(() => 0).slice(0, 10))],
    ['it has no events', page([])],
  ])('is left to be read in one where %s', (_, text) => {
    expect(inPieces(text)).toBeUndefined()
  })
})

function page(data: readonly Event[]): string {
  return JSON.stringify({ data, next_page: nextPage })
}
