import type { RunCase } from '../case.ts'
import { installedCommand } from '../program/installed.ts'

/** What the packed command takes on the disk of its user. */
export const install: RunCase = async () => {
  try {
    const { packedMb, installedMb, packages } = await installedCommand()
    return { figures: { packedMb, installedMb, packages } }
  } catch (error) {
    return { error: (error as Error).message.split('\n')[0] ?? '' }
  }
}
