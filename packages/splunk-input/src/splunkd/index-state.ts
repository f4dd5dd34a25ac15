import { isFault } from '@asana-audit/core'
import { type Entry, entriesOf, isTrueIn } from './entries.ts'
import type { Splunkd } from './splunkd.ts'

/** Stanzas of outputs.conf by which a Splunk sends its events to others. */
const destination = /^(tcpout|tcpout-server|httpout|syslog|rfs|remote_queue):|^httpout$/

/**
 * What becomes of events for an index. `elsewhere`: this Splunk does not know it and sends its events on, as a forwarder does. Events for a
 * `disabled` or a `missing` index are lost. Rejects with a fault.
 */
export async function indexState(
  splunkd: Splunkd,
  index: string,
): Promise<'enabled' | 'disabled' | 'elsewhere' | 'missing'> {
  const found = entriesOf(await splunkd.get('/services/data/indexes')).find(({ name }) => name === index)
  if (found) return isTrueIn(found, 'disabled') ? 'disabled' : 'enabled'
  return (await mayForward(splunkd)) ? 'elsewhere' : 'missing'
}

/** True too where it cannot be known: a good input must not wait for a right to look. */
async function mayForward(splunkd: Splunkd): Promise<boolean> {
  try {
    // Of all apps: splunkd obeys them whether they are shared or not.
    const outputs = await splunkd.get('/servicesNS/-/-/configs/conf-outputs')
    return outputs === undefined || entriesOf(outputs).some(isInUse)
  } catch (error) {
    if (isFault(error) && error.code === 'splunkd_refused') return true
    throw error
  }
}

function isInUse(stanza: Entry): boolean {
  return destination.test(stanza.name) && !isTrueIn(stanza, 'disabled')
}
