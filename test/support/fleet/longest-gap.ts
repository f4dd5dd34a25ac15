/** How often a tenant stood still while the others went on. */
export interface Gap {
  readonly tenant: string
  /** How often another tenant, in the middle of all of them, was polled between two polls of this one. */
  readonly rounds: number
}

/**
 * The longest gap of each tenant, in rounds of the others, not in seconds: a slow machine slows all of them. `polls`: the tenant of
 * each poll, in order. The time after the last poll of a tenant counts too. Others that were not polled at all in a gap do not count.
 */
export function longestGaps(polls: readonly string[], tenants: readonly string[]): Gap[] {
  const places = new Map<string, number[]>(tenants.map((tenant) => [tenant, []]))
  for (const [place, tenant] of polls.entries()) places.get(tenant)?.push(place)
  return tenants.map((tenant) => {
    const own = [...(places.get(tenant) ?? []), polls.length]
    const gaps = own.slice(1).map((end, index) => {
      const counts = tenants
        .filter((other) => other !== tenant)
        .map((other) => between(places.get(other) ?? [], own[index] ?? 0, end))
        .filter((count) => count > 0)
        .sort((a, b) => a - b)
      return counts[Math.floor((counts.length - 1) / 2)] ?? 0
    })
    return { tenant, rounds: Math.max(0, ...gaps) }
  })
}

function between(places: readonly number[], from: number, to: number): number {
  return places.filter((place) => place > from && place < to).length
}
