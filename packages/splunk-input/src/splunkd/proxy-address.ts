import { fault } from '@asana-audit/core'
import { appId, restRoot } from '../names.ts'
import { type Entry, entriesOf, isTrueIn, textIn } from './entries.ts'
import { readPasswords } from './password-store.ts'
import type { Splunkd } from './splunkd.ts'

/** The settings file of the app, without `.conf`. */
const settingsFile: string = `${restRoot}_settings`

/** The address of the proxy on the page Configuration, with name and password: a secret. Undefined without one. Rejects with a fault. */
export async function readProxyAddress(splunkd: Splunkd): Promise<string | undefined> {
  const path = `/servicesNS/nobody/${appId}/configs/conf-${settingsFile}/proxy`
  const [entry] = entriesOf(await splunkd.get(path))
  if (!entry || !isTrueIn(entry, 'proxy_enabled')) return undefined
  const secrets = await readPasswords(splunkd, settingsFile, 'proxy')
  return addressOf(entry, secrets?.['proxy_password'])
}

function addressOf(entry: Entry, password: string | undefined): string {
  const [host, port] = [textIn(entry, 'proxy_url'), textIn(entry, 'proxy_port')]
  const kind = textIn(entry, 'proxy_type') ?? 'http'
  if (!host || !port || !['http', 'https', 'socks5'].includes(kind)) {
    const message =
      'The proxy on the page Configuration is incomplete. Give its type (http, https or socks5), host and port, or switch it off.'
    throw fault({ fault: 'fatal', code: 'bad_proxy', message })
  }
  const user = textIn(entry, 'proxy_username')
  const login = user ? `${encodeURIComponent(user)}:${encodeURIComponent(password ?? '')}@` : ''
  return `${kind}://${login}${host}:${port}`
}
