import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import type { FetchedPage } from '../pages/fetched-page.ts'

/** Where reading continues. */
export interface Head {
  /** RFC 3339; undefined: from the oldest event. */
  readonly startAt: string | undefined
  readonly offset: string | undefined
  /** RFC 3339, exclusive. Undefined: no window has been begun. */
  readonly endAt: string | undefined
}

/** A part of the time range. */
export interface Window {
  /** RFC 3339; undefined: from the oldest event. */
  readonly startAt: string | undefined
  /** Milliseconds since 1970, exclusive. */
  until: number
  /** Undefined: it is not read yet, and may be split. */
  reading: Reading | undefined
}

export interface Reading {
  startAt: string | undefined
  offset: string | undefined
  /** Pages that wait for their turn. */
  readonly pages: FetchedPage<string>[]
  bytes: number
  fetching: boolean
  /** The newest time in its pages so far, in milliseconds since 1970. */
  newest: number
  /** Its last page brought no newer time: pages may come in a cycle, so it is not read ahead any more. */
  isStill: boolean
  over: boolean
  failed: { readonly error: unknown } | undefined
  /** Whether the window may still be split: not once one of its pages was yielded. */
  readonly maySplit: boolean
}

/** The windows that are known before the first page. `until`: milliseconds since 1970. */
export function plannedWindows({ startAt, offset, endAt }: Head, until: number): Window[] {
  const isOver = (millisOf(startAt) ?? Number.NEGATIVE_INFINITY) >= until
  if (endAt === undefined) return isOver ? [] : [{ startAt, until, reading: undefined }]
  const middle = millisAt(endAt)
  const rest = middle < until ? [{ startAt: endAt, until, reading: undefined }] : []
  return [{ startAt, until: middle, reading: { ...reading(startAt, false), offset } }, ...rest]
}

/** A reading of which no page has come yet. `maySplit`: no page of its window was yielded before. */
export function reading(startAt: string | undefined, maySplit = true): Reading {
  return {
    maySplit,
    startAt,
    offset: undefined,
    pages: [],
    bytes: 0,
    fetching: false,
    newest: Number.NEGATIVE_INFINITY,
    isStill: false,
    over: false,
    failed: undefined,
  }
}
