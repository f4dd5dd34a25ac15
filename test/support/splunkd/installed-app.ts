import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Program } from './splunkd.ts'

const app = 'TA-asana-audit-input'

/** Unpacks the app into a folder, over an earlier version if there is one, as Splunk's update does. Gives the input that splunkd finds in it. */
export async function installApp(archive: string, folder: string): Promise<Program> {
  await promisify(execFile)('tar', ['xzf', archive, '-C', folder])
  // splunkd puts its own Python before a .py file.
  return {
    path: 'python3',
    args: [join(folder, app, 'bin/asana_audit.py')],
    env: { LD_LIBRARY_PATH: folder },
  }
}
