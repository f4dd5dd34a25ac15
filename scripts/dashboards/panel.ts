/** What an analyst of any organisation asks; each dashboard answers every one of them. */
export const questions = {
  exports: 'Who took data out?',
  rights: 'Who changed roles or rights?',
  logins: 'Which logins came from new addresses, and which failed?',
  deletions: 'What was deleted?',
  outsiders: 'Who was let in from outside?',
  news: 'What is there for the first time?',
} as const

export type Question = keyof typeof questions

/** Where a dashboard is shown. */
export type Place = 'loki' | 'victorialogs' | 'clickhouse' | 'opensearch' | 'splunk'

/**
 * The events a panel is about: each attribute has one of the texts. In a text, `*` stands for any characters. An attribute may
 * belong to the resource.
 */
export type Where = { readonly [attribute: string]: readonly string[] }

/** How many groups `top` and `newest` show. */
export const most = 15

/** How many events a list shows. */
export const listed = 200

/**
 * - `stat`: how many events.
 * - `time`: how many over time, for each value of `by`.
 * - `top`: the values of `by` with the most events, `most` of them.
 * - `newest`: as many values of `by`, those that came last for the first time within the time that is shown.
 * - `list`: the events, the newest first.
 * - `delay`: seconds from an event to when it was read.
 */
export type Kind = 'stat' | 'time' | 'top' | 'newest' | 'list' | 'delay'

interface PanelOf<K extends Kind> {
  readonly kind: K
  readonly title: string
  readonly description?: string
  readonly answers?: Question
  readonly where?: Where
  /** Only events with fields or values that no attribute is for. */
  readonly unfamiliar?: true
  /** Whoever acted: the choice of an actor does not count. */
  readonly everybody?: true
  /** Of 24. */
  readonly width: number
  /** From one event on, the number is shown in this colour. */
  readonly alert?: 'orange' | 'red'
  /** By default everywhere. */
  readonly places?: readonly Place[]
}

/** One attribute, since a store bounds how many groups a query may have: people times addresses can be too many. */
interface Grouped {
  readonly by: string
}

export type Panel = PanelOf<'stat' | 'list' | 'delay'> | (PanelOf<'time' | 'top' | 'newest'> & Grouped)

export interface Row {
  /** The end of the name of the view in Splunk. */
  readonly id: string
  readonly title: string
  readonly shows: string
  readonly panels: readonly Panel[]
}

/** The panels of a row that a place has. */
export function panelsIn({ panels }: Row, place: Place): readonly Panel[] {
  return panels.filter(({ places }) => places?.includes(place) ?? true)
}
