/**
 * The ids of the jobs that a `touch` or `deleteJob` of pg-boss has changed. The other jobs belong to another attempt by now. The types of pg-boss
 * do not name this field, and the field that they name lists all ids of the request.
 */
export function settledJobs(response: object): ReadonlySet<string> {
  const { settled } = response as { readonly settled?: readonly string[] | null }
  if (settled === undefined) throw new Error('This version of pg-boss does not say which jobs it settled.')
  return new Set(settled)
}
