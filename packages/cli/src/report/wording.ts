import { eventType } from '@asana-audit/schema'
import { hourMs } from '../duration.ts'
import { wallClock, type Zone } from '../query/zone.ts'
import type { BucketUnit } from './report-window.ts'

// How the page writes numbers, times and names.

export function number(value: number): string {
  return value.toLocaleString('en')
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(1)} %`
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A bucket below its bar: `31 Jan`, `31 Jan 08:00`, `Jan 2026`. */
export function bucketLabel(bucket: string, unit: BucketUnit): string {
  const [date = '', time = ''] = bucket.split(' ')
  const [year, month, day] = date.split('-').map(Number)
  const name = months[(month ?? 1) - 1]
  if (unit === 'month') return `${name} ${year}`
  return unit === 'hour' ? `${day} ${name} ${time}` : `${day} ${name}`
}

/** `31 January 2026, 08:12` to the minute. */
export function moment(ms: number, zone: Zone): string {
  const clock = wallClock(ms, zone)
  const time = clock.toISOString().slice(11, 16)
  return `${clock.getUTCDate()} ${months[clock.getUTCMonth()]} ${clock.getUTCFullYear()}, ${time}`
}

/** `30 days`, `12 hours`. */
export function span(ms: number): string {
  const hours = Math.round(ms / hourMs)
  if (hours < 48) return hours === 1 ? 'hour' : `${hours} hours`
  return `${Math.round(hours / 24)} days`
}

/** `Sign-in attempt was rejected` for `user_login_failed`; an unknown type is written in words. */
export function typeLabel(type: string): string {
  const known = eventType(type)?.description.replace(/\.$/, '')
  return known ?? capital(type.replaceAll('_', ' '))
}

/** `Admin settings` for `admin_settings`. */
export function categoryLabel(category: string): string {
  return capital(category.replaceAll('_', ' '))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function shortened(text: string, most: number): string {
  const characters = [...text]
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text
}
