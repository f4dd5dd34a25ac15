import { isIPv6 } from 'node:net'
import { fault } from '@asana-audit/core'
import { proxyAddress } from '@asana-audit/core/config'
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

/** Without `http://`, a path, or a name and a password. */
const hostForm = /^[\w.:-]+$/

function addressOf(entry: Entry, password: string | undefined): string {
  const [host, port] = [textIn(entry, 'proxy_url'), textIn(entry, 'proxy_port')]
  const kind = textIn(entry, 'proxy_type') ?? 'http'
  if (!host || !port || !['http', 'https', 'socks5'].includes(kind) || !hostForm.test(host)) throw badProxy()
  const user = textIn(entry, 'proxy_username')
  const login = user ? `${encodeURIComponent(user)}:${encodeURIComponent(password ?? '')}@` : ''
  const address = `${kind}://${login}${isIPv6(host) ? `[${host}]` : host}:${port}`
  if (proxyAddress(address) === undefined) throw badProxy()
  return address
}

/** Quotes nothing: the address may hold a password. */
function badProxy(): Error {
  const message =
    'The proxy on the page Configuration is incomplete or wrong. Give its type (http, https or socks5), its host without http:// and its port, or switch it off.'
  return fault({ fault: 'fatal', code: 'bad_proxy', message })
}
