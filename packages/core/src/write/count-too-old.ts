/**
 * How many of `count` things, oldest first, are refused for their age: of all that is refused, what has nothing taken among it or
 * before. Asks for the newest first, and for a few times the logarithm of `count` in all. Two with another fault, wherever they
 * are, do not get a good one counted.
 */
export async function countTooOld(
  count: number,
  isTaken: (index: number) => Promise<boolean>,
): Promise<number> {
  let border = await findBorder(count, isTaken)
  for (;;) {
    const taken = await takenBelow(border, isTaken)
    if (taken === undefined) return border
    // What is refused above it has another fault.
    border = await findBorder(taken, isTaken)
  }
}

/** The first that is taken, where everything before it is refused. */
async function findBorder(count: number, isTaken: (index: number) => Promise<boolean>): Promise<number> {
  if (count === 0 || !(await isTaken(count - 1))) return count
  let [from, taken] = [0, count - 1]
  while (from < taken) {
    const middle = Math.floor((from + taken) / 2)
    if (await isTaken(middle)) taken = middle
    else from = middle + 1
  }
  return taken
}

/** One below the border that is taken all the same: of the nearest, and then ever farther from it. */
async function takenBelow(
  border: number,
  isTaken: (index: number) => Promise<boolean>,
): Promise<number | undefined> {
  for (let distance = 1; distance < border; distance *= 2) {
    const index = border - 1 - distance
    if (await isTaken(index)) return index
  }
  return undefined
}
