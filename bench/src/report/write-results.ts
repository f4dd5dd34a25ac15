import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LegSummary } from '../summary.ts'
import { chart } from './chart.ts'
import { formatted } from './formatted.ts'
import { resultsText } from './results-text.ts'

const begin = '<!-- What follows is written by the benchmark. -->'

/**
 * Writes each leg as JSON, then the chart and the second half of the README from all existing legs, in the order of `order`.
 * A run of some legs does not change the others.
 */
export async function writeResults(
  folder: string,
  legs: readonly LegSummary[],
  order: readonly string[],
): Promise<void> {
  const results = join(folder, 'results')
  await mkdir(results, { recursive: true })
  for (const leg of legs) {
    const file = `${leg.name}.json`
    await writeFile(
      join(results, file),
      await formatted(`results/${file}`, JSON.stringify(leg, undefined, 2)),
    )
  }
  const all: LegSummary[] = []
  const there = await readdir(results)
  for (const name of order) {
    if (!there.includes(`${name}.json`)) continue
    all.push(JSON.parse(await readFile(join(results, `${name}.json`), 'utf8')) as LegSummary)
  }
  await writeFile(join(results, 'chart.svg'), `${await chart(all)}\n`)
  const readme = join(folder, 'README.md')
  const [head = ''] = (await readFile(readme, 'utf8').catch(() => '# Results\n\n')).split(begin)
  const text = `${head}${begin}\n\n${resultsText(all, 'results/chart.svg')}\n`
  await writeFile(readme, await formatted('README.md', text))
}
