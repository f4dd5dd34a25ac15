import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LegSummary } from '../summary.ts'

/** How long each leg took when its results were written, by its name. */
export async function lastMinutes(results: string): Promise<ReadonlyMap<string, number>> {
  const files = (await readdir(results)).filter((file) => file.endsWith('.json'))
  const legs = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(results, file), 'utf8')) as LegSummary),
  )
  return new Map(
    legs.flatMap(({ name, minutes, quick }) => (minutes === undefined || quick ? [] : [[name, minutes]])),
  )
}

export function minutesText(minutes: number | undefined): string {
  return minutes ? `${minutes.toFixed(1)} minutes the last time` : 'not timed yet'
}
