import { parseMillis } from '@asana-audit/schema/lossless'
import type { Bytes } from '../../http/bytes.ts'
import type { FetchedPage } from './fetched-page.ts'

type Page = Pick<FetchedPage, 'body'>

// For planning only, so that a page need not be parsed before its turn. Milliseconds since 1970, or NaN.

/** The first time written in the page. */
export function oldestIn({ body }: Page): number {
  return timeAt(body, body.indexOf('"created_at"'))
}

/** The last time written in the page. */
export function newestIn({ body }: Page): number {
  return timeAt(body, body.lastIndexOf('"created_at"'))
}

function timeAt(body: Bytes, at: number): number {
  const [, time] = /^"created_at"\s*:\s*"([^"]+)"/.exec(body.toString('latin1', at, at + 100)) ?? []
  return (time === undefined ? undefined : parseMillis(time)) ?? Number.NaN
}
