/** Plants the bug that `FLEET_PLANT` names: files of ours are loaded with its edits. */
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { edited, plants } from './plants.ts'

const root = pathToFileURL(join(import.meta.dirname, '../../../')).href
const plant = plants[process.env.FLEET_PLANT ?? '']
if (!plant) throw new Error(`There is no plant ${process.env.FLEET_PLANT}.`)

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!plant.edits.some(({ file }) => url === root + file)) return loaded
    return { ...loaded, source: edited(url.slice(root.length), String(loaded.source), plant) }
  },
})
