import type { Credentials, CredentialsReader, HttpClientOptions } from '@asana-audit/core'
import {
  isSecretShaped,
  noProxy,
  noProxyAddress,
  proxyAddress,
  proxyTo,
  readSecret,
} from '@asana-audit/core/config'
import { inClear } from '@asana-audit/core/sink-kit'
import type { Problem, Warning } from '../../terminal/problem.ts'
import { inHome } from '../origin.ts'
import type { SharedCommands } from '../secrets/shared-commands.ts'
import { type ChangingAddress, changingAddress } from './changing-address.ts'

/** The proxies of the environment. */
export interface Proxies {
  /** The options of a client that goes through them. `credentials`: what else may change for it. */
  through(credentials?: CredentialsReader): Pick<HttpClientOptions, 'proxy' | 'credentials'>
  /** The proxy on the way to a target, without credentials; undefined: none. Rejects where the address cannot be read. */
  to(target: URL): Promise<string | undefined>
  /** Printed before anything starts. */
  readonly warnings: readonly Warning[]
}

/** An address, and the setting it is from, for messages. */
interface Found {
  readonly setting: string
  /** Fixed if it was written itself; a file or a command may give another one later. */
  readonly address: string | ChangingAddress
}

interface Addresses {
  readonly http: Found | undefined
  readonly https: Found | undefined
  readonly none: string | undefined
}

/**
 * The usual environment variables for proxies. As in curl, lower case takes precedence. Such an address may hold a password, so `_FILE` and
 * `_EXEC` work as for tokens.
 */
export async function proxiesFromEnv(
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  commands: SharedCommands,
): Promise<Proxies> {
  const warnings: Warning[] = []
  const first = (name: string): string | undefined => [name.toLowerCase(), name].find((one) => env[one])
  const found = async (name: string): Promise<Found | undefined> => {
    const plain = first(name) ?? name
    const [file, command] = [env[`${name}_FILE`]?.trim(), env[`${name}_EXEC`]?.trim()]
    const written = {
      text: { setting: plain, value: env[plain] },
      file: { setting: `${name}_FILE`, value: file, ...(file && { path: inHome(file) }) },
      command: { setting: `${name}_EXEC`, value: command },
    }
    const before = problems.length
    const read = await readSecret(written, problemOf, problems, 'proxy', commands)
    if (!read || problems.length > before) return undefined
    const { secret } = read
    const setting = file ? `${name}_FILE` : command ? `${name}_EXEC` : plain
    const now = proxyAddress(typeof secret === 'string' ? secret : await secret())
    if (now !== undefined) warnings.push(...clearTextWarnings(new URL(now), setting))
    const address = typeof secret === 'string' ? now : changingAddress(secret, setting)
    return address === undefined ? undefined : { setting, address }
  }
  const none = first('NO_PROXY')
  const around = (none && env[none]) ?? ''
  const { unusable } = noProxy(around)
  if (none && unusable.length > 0) {
    // No network or host has an @: it may be the address of a proxy, with a password that may have a comma.
    const isQuotable = !around.includes('@') && !isSecretShaped(around)
    const named = isQuotable ? `: ${unusable.map((entry) => JSON.stringify(entry)).join(', ')}` : ''
    const message = `${isQuotable ? 'These' : 'Some'} entries are not networks${named}. Write networks as 10.0.0.0/8 or fd00::/8, and hosts without http:// and without a path.`
    problems.push({ setting: none, message })
  }
  const [http, https] = [await found('HTTP_PROXY'), await found('HTTPS_PROXY')]
  const any = http && https ? undefined : await found('ALL_PROXY')
  const addresses = { http: http ?? any, https: https ?? any, none: none && env[none] }
  return {
    warnings,
    through: throughThem(addresses),
    to: async (target) => proxyTo(target, await present(addresses, () => {}, false)),
  }
}

function throughThem(addresses: Addresses): Proxies['through'] {
  const { http, https, none } = addresses
  const [first, second] = [http?.address, https?.address]
  if (typeof first !== 'function' && typeof second !== 'function')
    return (credentials) => ({
      proxy: { http: first, https: second, none, from: namesOf(addresses) },
      ...(credentials && { credentials }),
    })
  return (credentials) => {
    const read = (isRefused: boolean) => async (warn: (message: string) => void) => {
      const others: Credentials = (await credentials?.(warn)) ?? {}
      return { ...others, proxy: await present(addresses, warn, isRefused) }
    }
    return { credentials: Object.assign(read(false), { again: read(true) }) }
  }
}

async function present(
  addresses: Addresses,
  warn: (message: string) => void,
  isRefused: boolean,
): Promise<NonNullable<Credentials['proxy']>> {
  const { http, https, none } = addresses
  const now = async (one: Found | undefined): Promise<string | undefined> =>
    typeof one?.address === 'function' ? one.address(warn, isRefused) : one?.address
  return { http: await now(http), https: await now(https), none, from: namesOf(addresses) }
}

function namesOf({ http, https }: Addresses): { readonly http?: string; readonly https?: string } {
  return { ...(http && { http: http.setting }), ...(https && { https: https.setting }) }
}

/** As a sentence that does not quote it. */
function problemOf(text: string): string | undefined {
  return proxyAddress(text) === undefined ? noProxyAddress : undefined
}

/** The password of an http proxy crosses the network unencrypted. */
function clearTextWarnings(proxy: URL, setting: string): Warning[] {
  if (!(proxy.username || proxy.password) || !inClear(proxy)) return []
  const message = `${setting}: The name and the password of the proxy are sent to ${proxy.host} unencrypted. Write https:// if it supports TLS.`
  return [{ code: 'plain_http', message }]
}
