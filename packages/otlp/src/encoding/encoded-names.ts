interface Known<T> {
  readonly name: string
  readonly encoded: T
  /**
   * The one that followed this one last time: records resemble each other, so this is usually right, and faster than a
   * look-up.
   */
  next: Known<T> | undefined
}

/** A limit, because names may come from outside, such as those in structured details. */
const most = 1_000

/** Keeps what `encode` makes of attribute names: nearly all are our own and occur in every record. */
export function encodedNames<T>(encode: (name: string) => T): (name: string) => T {
  const names = new Map<string, Known<T>>()
  /** The last one that was looked up, if it is in the map. */
  let latest: Known<T> | undefined

  function encodeNew(name: string): T {
    const encoded = encode(name)
    if (names.size < most) names.set(name, { name, encoded, next: undefined })
    return encoded
  }

  return (name) => {
    const expected = latest?.next
    if (expected?.name === name) {
      latest = expected
      return expected.encoded
    }
    const known = names.get(name)
    if (latest) latest.next = known
    latest = known
    return known ? known.encoded : encodeNew(name)
  }
}
