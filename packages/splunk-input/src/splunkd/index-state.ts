import { entriesOf, isTrueIn } from './entries.ts'
import type { Splunkd } from './splunkd.ts'

/**
 * Whether this Splunk has an index. `unknown` is usual on a forwarder: its indexes are on other machines. Events for a `disabled` index are
 * lost. Rejects with a fault.
 */
export async function indexState(
  splunkd: Splunkd,
  index: string,
): Promise<'enabled' | 'disabled' | 'unknown'> {
  const found = entriesOf(await splunkd.get('/services/data/indexes')).find(({ name }) => name === index)
  if (!found) return 'unknown'
  return isTrueIn(found, 'disabled') ? 'disabled' : 'enabled'
}
