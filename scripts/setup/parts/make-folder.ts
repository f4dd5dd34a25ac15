import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes a folder whole or not at all, also where two set-ups make it at once. Does nothing if it is there. */
export async function makeFolder(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  if (existsSync(path)) return
  const building = `${path}-building-${process.pid}`
  try {
    await mkdir(building, { recursive: true })
    await fill(building)
    await mkdir(dirname(path), { recursive: true })
    await rename(building, path).catch((error: unknown) => {
      // Another process was faster, and made the same.
      if (!existsSync(path)) throw error
    })
  } finally {
    await rm(building, { recursive: true, force: true })
  }
}
