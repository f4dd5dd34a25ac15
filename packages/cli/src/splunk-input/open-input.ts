import { type Clock, fault } from '@asana-audit/core'
import { type InputDefinition, indexState, readProxyAddress, type Splunkd } from '@asana-audit/splunk-input'
import { type AccountSecretListener, accountSecret } from './account-secret.ts'
import { type InputSettings, inputSettings } from './input-settings.ts'

/** Asks splunkd for the secrets of an input, and reads its settings. Rejects with a fault. */
export async function openInput(
  definition: InputDefinition,
  splunkd: Splunkd,
  clock: Clock,
  listener: AccountSecretListener,
): Promise<InputSettings> {
  const account = definition.params.get('account')
  if (account === undefined) {
    const message = 'The input has no account. Choose one on the page Inputs of this app.'
    throw fault({ fault: 'fatal', code: 'bad_input', message })
  }
  const token = accountSecret(splunkd, account, clock, listener)
  const proxy = await readProxyAddress(splunkd)
  return inputSettings(definition, { token, proxy })
}

/** The index of an input. Undefined for the default index of this Splunk. */
export function indexOf({ params }: Pick<InputDefinition, 'params'>): string | undefined {
  const index = params.get('index')
  return index === 'default' ? undefined : index
}

/**
 * Rejects with a fatal `index_disabled` or `index_missing`: Splunk would throw the events away. A forwarder does not know the indexes of
 * others.
 */
export async function requireIndex(
  definition: Pick<InputDefinition, 'params'>,
  splunkd: Splunkd,
): Promise<void> {
  const index = indexOf(definition)
  const state = index === undefined ? 'enabled' : await indexState(splunkd, index)
  if (state === 'enabled' || state === 'elsewhere') return
  const [what, step] =
    state === 'disabled'
      ? ['is disabled', 'Enable it']
      : ['is not on this Splunk, which forwards to no other', 'Make it']
  const message = `The index ${JSON.stringify(index)} ${what}: Splunk would throw the events away. ${step}, or choose another index for the input.`
  throw fault({ fault: 'fatal', code: `index_${state}`, message })
}
