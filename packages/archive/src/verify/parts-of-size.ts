/** Each try looks at the whole list. All tries together look at this many items at most. */
const mostItems = 1_000_000

/**
 * Parts of a list that have this size, in its order. First those whose items follow each other, for as long as the first one may begin a
 * part; then those with items left out in between, if there are few enough of them to try each.
 */
export function* partsOfSize<T>(
  list: readonly T[],
  size: number,
  mayBegin: (item: T) => boolean,
): Generator<readonly T[], void, undefined> {
  for (let start = 0; start + size <= list.length && mayBegin(list[start]!); start += 1)
    yield list.slice(start, start + size)
  const tooMany = list.length - size
  // Choose the items of the part or the items to leave out, whichever are fewer.
  const fewer = Math.min(size, tooMany)
  if (tooMany < 1 || waysToChoose(fewer, list.length) * list.length > mostItems) return
  for (const some of choices(fewer, list.length)) {
    const chosen = new Set(some)
    yield list.filter((_, index) => chosen.has(index) === (fewer === size))
  }
}

function waysToChoose(some: number, all: number): number {
  let ways = 1
  for (let chosen = 1; chosen <= some; chosen += 1) ways *= (all - some + chosen) / chosen
  return ways
}

/** Every choice of `some` numbers, from `from` on and below `until`. */
function* choices(some: number, until: number, from = 0): Generator<readonly number[], void, undefined> {
  if (some === 0) return yield []
  for (let first = from; first + some <= until; first += 1)
    for (const others of choices(some - 1, until, first + 1)) yield [first, ...others]
}
