import type { SourceFlags } from '../flags/source-flags.ts'

/**
 * With `--local` a date is a day of this machine's zone, as are the days that are shown: its first moment takes the place of the date.
 * Otherwise a date is a day of UTC, as everywhere.
 */
export function localDates({ local, since, until }: SourceFlags): Pick<SourceFlags, 'since' | 'until'> {
  return local ? { since: firstMoment(since), until: firstMoment(until) } : { since, until }
}

/** Leaves what is not a date as it is: whoever reads it says so. */
function firstMoment(value: string | undefined): string | undefined {
  const [, year, month, day] = value?.trim().match(/^(\d{4})-(\d\d)-(\d\d)$/) ?? []
  if (year === undefined || month === undefined || day === undefined) return value
  const moment = new Date(0)
  // Not by the constructor, for which the year 26 is 1926.
  moment.setFullYear(Number(year), Number(month) - 1, Number(day))
  moment.setHours(0, 0, 0, 0)
  const isDate = moment.getMonth() === Number(month) - 1 && moment.getDate() === Number(day)
  return isDate ? moment.toISOString() : value
}
