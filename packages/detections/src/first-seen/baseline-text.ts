import * as z from 'zod'

/** One key, such as a person: its values, each with the day it was seen last, counted from 1970. */
export interface KnownKey {
  /** The time of its first event, milliseconds since 1970. */
  since: number
  /** The newest day of its values. */
  last: number
  readonly values: Map<string, number>
}

/** In how many parts a baseline is kept, so that a new value writes little. */
export const shards = 64

const part = z.array(z.tuple([z.string(), z.number(), z.array(z.tuple([z.string(), z.number()])).min(1)]))

/** FNV-1a. It must not change: texts of earlier runs are divided by it. */
export function shardOf(key: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++)
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0
  return hash % shards
}

/** Undefined for a part without a key. */
export function writePart(keys: ReadonlyMap<string, KnownKey>): string | undefined {
  if (keys.size === 0) return undefined
  return JSON.stringify([...keys].map(([name, { since, values }]) => [name, since, [...values]]))
}

/** Throws a TypeError for a text that `writePart` did not make. */
export function readPart(text: string | undefined): Map<string, KnownKey> {
  if (text === undefined) return new Map()
  try {
    return new Map(
      part.parse(JSON.parse(text)).map(([name, since, values]) => {
        const last = Math.max(...values.map(([, day]) => day))
        return [name, { since, last, values: new Map(values) }]
      }),
    )
  } catch (cause) {
    const message =
      'The option baselines of createDetector must be what baselineChanges() of a detector returned.'
    throw new TypeError(message, { cause })
  }
}
