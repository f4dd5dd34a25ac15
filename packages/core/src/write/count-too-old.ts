/**
 * Counts the records that are refused for their age: those before the first accepted one, if `count` records are sorted from the
 * oldest to the newest. Tests the newest first, then searches in halves, so the number of tests is a few times the logarithm of
 * `count`. Up to two records refused for another reason do not make a good record count as too old.
 */
export async function countTooOld(
  count: number,
  isTaken: (index: number) => Promise<boolean>,
): Promise<number> {
  let border = await findBorder(count, isTaken)
  for (;;) {
    const taken = await takenBelow(border, isTaken)
    if (taken === undefined) return border
    // A record refused above this border has another fault.
    border = await findBorder(taken, isTaken)
  }
}

/** The first accepted record, if everything before it is refused. */
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

/** An accepted record below the border, if there is one. Tests in growing distances from the border. */
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
