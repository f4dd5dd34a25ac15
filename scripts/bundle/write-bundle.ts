import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { bundledCommand } from './bundle.ts'

const folder = join(import.meta.dirname, '../../packages/cli')

/** Writes the bundle of the command, made from the sources of this moment, into `packages/cli`, and removes what an earlier one left there. */
export async function writeBundle(): Promise<void> {
  const { files } = await bundledCommand()
  for (const made of ['bundle', 'rules']) {
    mkdirSync(join(folder, made), { recursive: true })
    for (const entry of readdirSync(join(folder, made), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile() && !files.has(relative(folder, path))) rmSync(path)
    }
  }
  for (const [name, text] of files) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    // A correct file is not written again, because another process may be packing or running it.
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
  }
}
