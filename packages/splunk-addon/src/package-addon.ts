import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

/** A fixed time, so that the same files make the same bytes. */
const mtime = new Date('2026-01-01T00:00:00Z')

/** The files in one folder `id` of a gzip tar, the form that Splunk installs. Equal files make an equal archive. */
export async function packageAddon(id: string, files: ReadonlyMap<string, string>): Promise<Buffer> {
  const entries = [...files].map(([path, text]) => [`${id}/${path}`, text] as const)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  const archive = pack()
  for (const name of [...foldersOf(entries.map(([name]) => name))].sort())
    archive.entry({ name, type: 'directory', mode: 0o755, mtime })
  for (const [name, text] of entries) archive.entry({ name, mode: 0o644, mtime }, text)
  archive.finalize()
  return gzipSync(await buffer(archive), { level: 9 })
}

function foldersOf(paths: readonly string[]): ReadonlySet<string> {
  const folders = new Set<string>()
  for (const path of paths) {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1))
      folders.add(path.slice(0, end + 1))
  }
  return folders
}
