import { canonicalJson } from '@asana-audit/schema/lossless'

/** Sums are taken modulo this: the sum of two of them is still an exact number. */
export const contentRange: number = 2 ** 52

/** The sum of two hashes of contents, or of two sums. */
export function addContent(one: number, other: number): number {
  return (one + other) % contentRange
}

/** Nesting up to which recursion is safe. */
const shallow = 200

/** What a value is, so that "1" and 1 differ. */
const kinds = { text: 1, number: 2, true: 3, false: 4, null: 5, list: 6, object: 7, deep: 8 } as const

/**
 * 32 bits of a JSON value. They do not depend on the order of its members or on how its numbers are written, as its canonical form
 * (RFC 8785) does not: two values with the same canonical form have the same hash, and a change goes unnoticed once in four billion. Not
 * meant to withstand somebody who picks the content.
 *
 * Each text, number and so on inside is hashed with its path, and these hashes are added up. The canonical form is not made: it
 * would cost some times as much, and this runs for every event.
 */
export function contentHash(value: unknown): number {
  // Mixed once more. Without it, two events that swap the values of a field would keep the same sum of their hashes.
  return mix(sumOf(value, 0x9e3779b9, shallow), 0) >>> 0
}

/** The sum of the hashes of all parts of a value, as a signed number of 32 bits. */
function sumOf(value: unknown, path: number, depth: number): number {
  switch (typeof value) {
    case 'string':
      return partHash(path, kinds.text, value)
    case 'number':
      // JSON has no infinity: our reader makes a text of such a number.
      if (Math.abs(value) === Number.POSITIVE_INFINITY)
        return partHash(path, kinds.text, value > 0 ? '1e999' : '-1e999')
      return Number.isNaN(value)
        ? partHash(path, kinds.null, '')
        : partHash(path, kinds.number, String(value))
    case 'boolean':
      return partHash(path, value ? kinds.true : kinds.false, '')
    case 'bigint':
      return partHash(path, kinds.text, String(value))
    case 'object':
      if (value === null) return partHash(path, kinds.null, '')
      if (depth === 0) return partHash(path, kinds.deep, canonicalJson(value))
      return Array.isArray(value) ? sumOfItems(value, path, depth) : sumOfMembers(value, path, depth)
    default:
      return partHash(path, kinds.null, '')
  }
}

function sumOfItems(list: readonly unknown[], path: number, depth: number): number {
  let sum = list.length === 0 ? partHash(path, kinds.list, '') : 0
  for (let index = 0; index < list.length; index += 1)
    sum = (sum + sumOf(list[index], mix(path, ~index), depth - 1)) | 0
  return sum
}

function sumOfMembers(object: object, path: number, depth: number): number {
  let isEmpty = true
  let sum = 0
  // `for in` makes no list of names; an inherited name does no harm here.
  for (const name in object) {
    const member: unknown = (object as Record<string, unknown>)[name]
    if (member === undefined) continue
    isEmpty = false
    sum = (sum + sumOf(member, textHash(path, name), depth - 1)) | 0
  }
  return isEmpty ? partHash(path, kinds.object, '') : sum
}

function partHash(path: number, kind: number, text: string): number {
  return textHash(path ^ kind, text)
}

/** The steps of FNV-1a over UTF-16 code units. */
function textHash(seed: number, text: string): number {
  let hash = seed
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return mix(hash, text.length)
}

/** Every bit of the result depends on every bit of both numbers. */
function mix(one: number, other: number): number {
  let hash = Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return hash ^ (hash >>> 16)
}
