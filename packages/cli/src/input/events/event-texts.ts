/** Every text and number in an event, without the names of fields. Not recursive, because an event may be nested thousands deep. */
export function* eventTexts(event: object): Generator<string, void, undefined> {
  const open: unknown[] = [event]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') yield value
    else if (typeof value === 'number') yield String(value)
    else if (typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) open.push(inner)
    }
  }
}

/** Roughly the bytes an event needs in memory. */
export function eventWeight(event: object): number {
  let weight = 1_000
  for (const text of eventTexts(event)) weight += text.length + 40
  return weight
}
