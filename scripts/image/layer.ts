import { buffer } from 'node:stream/consumers'
import { constants, gzipSync } from 'node:zlib'
import { type Header, pack } from 'tar-stream'

/** A file, a folder or a link of an image. Without `content` or `linkname` it is a folder. */
export interface ImageEntry {
  /** From the root, without a slash in front. */
  readonly name: string
  readonly mode: number
  readonly content?: string | Buffer
  /** The owner and the group, by number; root if it is left out. */
  readonly owner?: number
}

export interface Layer {
  /** Compressed by gzip. */
  readonly blob: Buffer
  readonly tar: Buffer
}

/** The same entries always make the same bytes: they are sorted, have numbers as owners, and the time 0. */
export async function layerOf(entries: readonly ImageEntry[]): Promise<Layer> {
  const archive = pack()
  for (const { name, mode, content, owner = 0 } of withFolders(entries)) {
    const header: Partial<Header> & { name: string } = {
      name,
      mode,
      uid: owner,
      gid: owner,
      mtime: new Date(0),
    }
    if (content === undefined) archive.entry({ ...header, name: `${name}/`, type: 'directory' })
    else archive.entry(header, content)
  }
  archive.finalize()
  const tar = await buffer(archive)
  return { tar, blob: gzipSync(tar, { level: constants.Z_BEST_COMPRESSION }) }
}

/** With the folders that nobody named, each before what is in it. */
function withFolders(entries: readonly ImageEntry[]): ImageEntry[] {
  const all = new Map<string, ImageEntry>()
  for (const { name } of entries) {
    const parts = name.split('/')
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/')
      all.set(folder, { name: folder, mode: 0o755 })
    }
  }
  for (const entry of entries) all.set(entry.name, entry)
  return [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
