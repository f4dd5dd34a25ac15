import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSupportedSpdxId } from '@cyclonedx/cyclonedx-library/SPDX'
import type { Part } from '../sbom/part.ts'

/** The Python libraries in a folder, as their own `METADATA` names them. Throws if there is none: then they were installed in another form. */
export async function pythonParts(lib: string): Promise<Part[]> {
  const folders = (await readdir(lib)).filter((name) => name.endsWith('.dist-info')).toSorted()
  if (folders.length === 0) throw new Error(`${lib} has no Python library that says its name.`)
  return Promise.all(folders.map(async (name) => partOf(await readFile(join(lib, name, 'METADATA'), 'utf8'))))
}

/** The headers end at the first empty line; then comes a description. */
function partOf(metadata: string): Part {
  const [headers = ''] = metadata.split(/\r?\n\r?\n/, 1)
  const header = (field: string): string | undefined =>
    new RegExp(`^${field}:\\s*(.+?)\\s*$`, 'm').exec(headers)?.[1]
  const [name, version] = [header('Name'), header('Version')]
  if (name === undefined || version === undefined)
    throw new Error('A Python library does not say its name and version.')
  const license = [header('License-Expression'), header('License')].find(
    (text) => text !== undefined && isSupportedSpdxId(text),
  )
  return {
    // As the package index writes names in addresses.
    name: name.toLowerCase().replaceAll(/[-_.]+/g, '-'),
    version,
    origin: { type: 'pypi' },
    ...(license !== undefined && { license }),
  }
}
