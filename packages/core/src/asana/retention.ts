import { dayMs } from '../duration.ts'

/** Asana deletes an event for good 90 days after it was captured. https://developers.asana.com/docs/audit-log-api */
export const retentionMs: number = 90 * dayMs
