import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { expect, test } from 'vitest'
import { addonFiles, addonId } from '../src/addon-files.ts'
import { packageAddon } from '../src/package-addon.ts'

async function entriesOf(archive: Buffer): Promise<(Header & { text: string })[]> {
  const entries: (Header & { text: string })[] = []
  const reading = extract()
  reading.end(gunzipSync(archive))
  for await (const entry of reading) entries.push({ ...entry.header, text: (await buffer(entry)).toString() })
  return entries
}

test('the archive holds every file in one folder of the name of the add-on, and nothing else', async () => {
  const files = addonFiles()
  const entries = await entriesOf(await packageAddon(addonId, files))
  const found = entries.filter(({ type }) => type === 'file').map(({ name, text }) => [name, text])
  expect(new Map(found as [string, string][])).toEqual(
    new Map([...files].map(([path, text]) => [`${addonId}/${path}`, text])),
  )
  for (const { name, type, mode } of entries) {
    expect(name).toMatch(new RegExp(`^${addonId}/`))
    expect([name, mode]).toEqual([name, type === 'directory' ? 0o755 : 0o644])
  }
})

test('a folder comes before what is in it', async () => {
  const names = (await entriesOf(await packageAddon(addonId, addonFiles()))).map(({ name }) => name)
  for (const [at, name] of names.entries()) {
    const folder = name.replace(/[^/]+\/?$/, '')
    if (folder !== '') expect(names.slice(0, at)).toContain(folder)
  }
})

test('nothing in the archive tells when or by whom it was made', async () => {
  for (const { mtime, uid, gid } of await entriesOf(await packageAddon(addonId, addonFiles()))) {
    expect([mtime, uid, gid]).toEqual([new Date('2026-01-01T00:00:00Z'), 0, 0])
  }
})

test('the same files make the same bytes, in whatever order they come', async () => {
  const files = addonFiles()
  const again = new Map([...addonFiles()].reverse())
  expect(await packageAddon(addonId, again)).toEqual(await packageAddon(addonId, files))
})
