import type { EventLog } from './event-log.ts'

/** Undefined if the offset is not from this server, or was given for other filters. */
export function readPage(
  log: EventLog,
  query: URLSearchParams,
): { from: number; to: number; next: string | null } | undefined {
  const filters = [query.get('start_at') ?? '', query.get('end_at') ?? '']
  const [start, end] = filters as [string, string]
  const first = start === '' ? 0 : log.rankOf(Date.parse(start))
  const past = end === '' ? log.size : log.rankOf(Date.parse(end))
  const limit = Number(query.get('limit') ?? 1000)
  const offset = query.get('offset')
  let from = first
  if (offset !== null) {
    const [rank, ...given] = Buffer.from(offset, 'base64url').toString().split('|')
    if (!/^\d+$/.test(rank ?? '') || given.join('|') !== filters.join('|')) return undefined
    from = Number(rank)
  }
  const to = Math.max(from, Math.min(past, from + limit))
  const hasMatched = past > first
  return { from, to, next: hasMatched ? Buffer.from([to, ...filters].join('|')).toString('base64url') : null }
}

/** `path` begins after the base of the API. Both `path` and `uri` have limit, filters and offset. */
export function nextPage(offset: string, url: URL): object {
  const query = new URLSearchParams(url.search)
  query.set('offset', offset)
  const path = `${url.pathname.slice('/api/1.0'.length)}?${query}`
  return { offset, path, uri: `${url.origin}/api/1.0${path}` }
}
