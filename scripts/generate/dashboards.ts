/** Writes the dashboards. Run `pnpm generate:dashboards` after a change of `scripts/dashboards/rows.ts`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { dashboardFiles } from '../dashboards/dashboard-files.ts'

for (const [path, text] of dashboardFiles()) {
  const file = join(import.meta.dirname, '../..', path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
