/**
 * The known name that a mistyped one most likely means: at most two letters are wrong, missing, added or swapped
 * (one, in names of up to four letters). Case, hyphens and blanks do not count. Undefined if no known name is that
 * near, and for a known name.
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const typed = folded(name)
  let nearest: string | undefined
  let least = (typed.length > 4 ? 2 : 1) + 1
  for (const candidate of known) {
    if (candidate === name) return undefined
    const distance = slips(typed, folded(candidate), least)
    if (distance < least) {
      least = distance
      nearest = candidate
    }
  }
  return nearest
}

/** Of two names that are as near, the one with swapped letters was more likely meant than the one with a wrong letter. */
const swapCost = 0.9

/** A longer text is not a mistyped name, and would cost time. */
const longest = 200

function folded(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[-\s]/g, '_')
}

/** The number of typing errors between two names (optimal string alignment distance), at most `limit`. */
function slips(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) >= limit || one.length > longest) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const substitution = at(last, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1)
      const isSwap = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      const swap = isSwap ? at(beforeLast, j - 2) + swapCost : limit
      row.push(Math.min(substitution, at(last, j) + 1, at(row, j - 1) + 1, swap))
    }
    ;[beforeLast, last] = [last, row]
  }
  return at(last, other.length)
}

function at(row: readonly number[], index: number): number {
  const value = row[index]
  if (value === undefined) throw new RangeError(`The row has no column ${index}.`)
  return value
}
