import { appId, schemeName } from '../names.ts'
import { entriesOf, isTrueIn, textIn } from './entries.ts'
import type { Splunkd } from './splunkd.ts'

/** The name of another enabled input that reads a workspace. Undefined if there is none. Rejects with a fault. */
export async function otherInputOf(
  splunkd: Splunkd,
  workspace: string,
  own: string,
): Promise<string | undefined> {
  const inputs = entriesOf(await splunkd.get(`/servicesNS/nobody/${appId}/data/inputs/${schemeName}`))
  const other = inputs.find(
    (one) => one.name !== own && textIn(one, 'workspace') === workspace && !isTrueIn(one, 'disabled'),
  )
  return other?.name
}
