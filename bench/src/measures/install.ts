import type { RunCase } from '../case.ts'
import { installedCommand } from '../program/installed.ts'

/** The size of the installed command on disk. */
export const install: RunCase = async () => {
  try {
    const { packedMb, installedMb, packages } = await installedCommand()
    return { figures: { packedMb, installedMb, packages } }
  } catch (error) {
    return { error: (error as Error).message.split('\n')[0] ?? '' }
  }
}
