/** `pnpm build:addon`: the add-on as dist/TA-asana-audit-<version>.tgz, to be installed in Splunk. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { addonFiles, addonId, addonVersion } from './addon-files.ts'
import { packageAddon } from './package-addon.ts'

const folder = join(import.meta.dirname, '../dist')
const path = join(folder, `${addonId}-${addonVersion}.tgz`)
const files = addonFiles()
await mkdir(folder, { recursive: true })
await writeFile(path, await packageAddon(addonId, files))
process.stdout.write(`${relative(process.cwd(), path)}: ${files.size} files\n`)
