/**
 * The ids of the jobs that a `touch` or `deleteJob` of pg-boss concerned; the others are another attempt's. Its types do not name the field, and the
 * one that they name lists what was asked for.
 */
export function settledJobs(response: object): ReadonlySet<string> {
  const { settled } = response as { readonly settled?: readonly string[] | null }
  if (settled === undefined) throw new Error('This version of pg-boss does not say which jobs it settled.')
  return new Set(settled)
}
