import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { detectionSearches } from './detection-searches.ts'
import { eventTypeLookup } from './event-type-lookup.ts'
import { detailFields, fieldAliases, indexedFields } from './field-settings.ts'
import { expressions } from './normalised-expressions.ts'

/** The name of the add-on's folder in Splunk. */
export const addonId = 'TA-asana-audit'

export const addonVersion: string = packageJson.version

const root = join(import.meta.dirname, '..')

/** The values of the `{{…}}` in the files of app/. */
const generated: ReadonlyMap<string, string> = new Map([
  ['version', addonVersion],
  ['field-aliases', fieldAliases()],
  ['detail-fields', detailFields()],
  ['indexed-fields', indexedFields()],
  ['detections', detectionSearches()],
  ...Object.entries(expressions),
  ...panels(),
])

/**
 * Every file of the add-on, by its path in the add-on's folder: those of app/, with the generated parts filled in
 * from the schema.
 */
export function addonFiles(): ReadonlyMap<string, string> {
  const folder = join(root, 'app')
  const files = new Map([
    ['LICENSE', readFileSync(join(root, 'LICENSE'), 'utf8')],
    ['lookups/asana_event_types.csv', eventTypeLookup()],
  ])
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(path.slice(folder.length + 1).replaceAll('\\', '/'), fill(readFileSync(path, 'utf8'), path))
  }
  return files
}

/** What `pnpm generate:dashboards` has written for the views, which have more panels of their own. */
function panels(): [name: string, rows: string][] {
  const folder = join(root, 'panels')
  return readdirSync(folder).map((file) => [
    `panels of ${file.replace('.xml', '')}`,
    readFileSync(join(folder, file), 'utf8'),
  ])
}

function fill(text: string, path: string): string {
  return text.replaceAll(/\{\{(.*?)\}\}/g, (_, name: string) => {
    const value = generated.get(name)
    if (value === undefined) throw new Error(`${path}: there is no generated value for {{${name}}}`)
    return value
  })
}
