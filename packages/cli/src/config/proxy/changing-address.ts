import { fault, isFault } from '@asana-audit/core'
import { noProxyAddress, proxyAddress } from '@asana-audit/core/config'
import type { SecretReader } from '@asana-audit/core/sink-kit'

/**
 * The address of a proxy as its file or command gives it now; `isRefused`: the proxy refuses the last one, so it is read at once. While a
 * new one cannot be read or used, the earlier one stays in use, and `warn` is called with the reason, once for each cause.
 */
export type ChangingAddress = (warn: (message: string) => void, isRefused: boolean) => Promise<string>

/** `setting` names it in messages. Rejects with a fault if it never had an address: `bad_proxy`, or that of the reader. */
export function changingAddress(read: SecretReader, setting: string): ChangingAddress {
  let held: { readonly text: string; readonly address: string } | undefined
  let said: string | undefined

  /** Reads the address. Returns why the earlier one is still in use, if it is. */
  async function renew(isRefused: boolean): Promise<string | undefined> {
    try {
      if (isRefused && held) await read.another?.(new Set([held.text]))
      const text = await read()
      const address = proxyAddress(text)
      if (address === undefined) throw fault({ fault: 'fatal', code: 'bad_proxy', message: noProxyAddress })
      held = { text, address }
      return read.oldBecause?.()
    } catch (error) {
      if (!held || !isFault(error)) throw error
      return `${error.message} Until then, the earlier address is used.`
    }
  }

  return async (warn, isRefused) => {
    const why = await renew(isRefused)
    if (why !== undefined && why !== said) warn(`${setting}: ${why}`)
    said = why
    if (!held) throw new Error('A read that did not fail has an address.')
    return held.address
  }
}
