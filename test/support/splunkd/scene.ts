import { bundledBin } from '../../../scripts/bundle/bundled-bin.ts'
import { type AsanaServer, gidOf, loginEvent, startAsana, token, workspace } from '../servers/asana-server.ts'
import { type Program, type Splunkd, startSplunkd } from './splunkd.ts'

/** The input without its launcher. */
export const inputProgram: Program = {
  path: process.execPath,
  args: [bundledBin, 'splunk-input'],
}

export interface Scene {
  /** The log of Asana. Push more and it grows. */
  readonly events: string[]
  readonly asana: AsanaServer
  readonly splunkd: Splunkd
  /** Of an input that works. */
  readonly params: Readonly<Record<string, string>>
}

/** Asana with so many events, and a splunkd with an account for it. */
export async function inputScene(
  count: number,
  instead?: Parameters<typeof startAsana>[0]['instead'],
  checkpoints?: string,
): Promise<Scene> {
  const events = Array.from({ length: count }, (_, number) => loginEvent(number))
  const asana = await startAsana({ events, instead })
  const splunkd = await startSplunkd(checkpoints)
  splunkd.settings.accounts.set('auditor', token)
  return { events, asana, splunkd, params: { account: 'auditor', workspace, base_url: asana.baseUrl } }
}

/** The ids of the first events of a scene. */
export function firstGids(count: number): string[] {
  return Array.from({ length: count }, (_, number) => gidOf(number))
}
