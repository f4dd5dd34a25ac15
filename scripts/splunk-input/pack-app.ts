import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Pack, pack } from 'tar-stream'

const mtime = new Date('2026-01-01T00:00:00Z')

/** Packs the folder of an app into a gzip tar, the form that Splunk installs. Only what Splunk starts keeps the right to be started. */
export async function packApp(folder: string, name: string, path: string): Promise<void> {
  const archive = pack()
  const written = pipeline(archive, createGzip({ level: 9 }), createWriteStream(path))
  await addFolder(archive, folder, name)
  archive.finalize()
  await written
}

async function addFolder(archive: Pack, folder: string, name: string): Promise<void> {
  archive.entry({ name: `${name}/`, type: 'directory', mode: 0o755, mtime })
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const from = join(folder, entry.name)
    const to = `${name}/${entry.name}`
    if (entry.isDirectory()) {
      await addFolder(archive, from, to)
      continue
    }
    const { size, mode } = await stat(from)
    const isStarted = (mode & 0o100) !== 0 && /^[^/]+\/bin\/[^/]+$/.test(to)
    const file = archive.entry({ name: to, size, mode: isStarted ? 0o755 : 0o644, mtime })
    await pipeline(createReadStream(from), file)
  }
}
