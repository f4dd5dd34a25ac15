import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { type Fault, fault } from '../../../fault.ts'
import { codeOf, pathStep } from '../../../files/path-step.ts'
import { withoutPassword } from './address-form.ts'

/** How a connection is protected, as libpq names it. */
const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
type TlsMode = (typeof modes)[number]

/** What an address says. */
export interface PostgresAddress {
  /** A name, an address, or the folder of a socket, which begins with a slash. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  readonly password: string | undefined
  readonly applicationName: string
  readonly connectTimeoutMs: number
  readonly tlsMode: TlsMode
  /** Paths of PEM files. `system` as `rootCert`: what Node trusts. */
  readonly rootCert: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  /** The address as messages have it, without the password. */
  readonly shown: string
}

/** The parameters after `?` that are understood; the names are libpq's. */
const parameters = new Set([
  ...['host', 'port', 'user', 'dbname', 'password', 'application_name', 'connect_timeout'],
  ...['sslmode', 'sslrootcert', 'sslcert', 'sslkey'],
])

/** Reads `postgres://user@host:5432/database?sslmode=verify-full`. Throws a fatal `bad_state_address`, which never quotes the address. */
export function postgresAddress(text: string): PostgresAddress {
  const [url, shown] = parsed(text)
  const { searchParams: given } = url
  for (const name of given.keys()) if (!parameters.has(name)) throw bad(unknown(name))
  const host = given.get('host') ?? withoutBrackets(part(url.hostname))
  if (host.includes(','))
    throw bad('it names several hosts. Name one: a proxy or a DNS name that follows the primary')
  const user = given.get('user') ?? part(url.username)
  const named = user === '' ? userInfo().username : user
  const database = given.get('dbname') ?? part(url.pathname.slice(1))
  const port = whole(given.get('port') ?? (url.port === '' ? '5432' : url.port), 'port', 65_535)
  const tlsMode = given.get('sslmode') ?? 'prefer'
  if (!isMode(tlsMode)) throw bad(`its sslmode is none of ${modes.join(', ')}`)
  const [cert, key] = [given.get('sslcert') ?? undefined, given.get('sslkey') ?? undefined]
  if ((cert === undefined) !== (key === undefined)) throw bad('it has only one of sslcert and sslkey')
  return {
    host: host === '' ? 'localhost' : host,
    port,
    user: named,
    database: database === '' ? named : database,
    password: given.get('password') ?? (url.password === '' ? undefined : part(url.password)),
    applicationName: given.get('application_name') ?? 'asana-audit',
    connectTimeoutMs: 1_000 * whole(given.get('connect_timeout') ?? '10', 'connect_timeout', 3_600),
    tlsMode,
    rootCert: given.get('sslrootcert') ?? undefined,
    cert,
    key,
    shown,
  }
}

/** The settings of TLS to try, one after the other; false is a connection without TLS. Reads the files. */
export function tlsAttempts(address: PostgresAddress): readonly (false | TlsSettings)[] {
  const { tlsMode, host, rootCert, cert, key } = address
  // Nobody else hears what goes through a socket of this machine; libpq ignores the mode there as well.
  if (tlsMode === 'disable' || host.startsWith('/')) return [false]
  const ca = rootCert === undefined || rootCert === 'system' ? undefined : pem(rootCert, 'sslrootcert')
  const isChecked = tlsMode.startsWith('verify-') || (tlsMode === 'require' && ca !== undefined)
  const tls = {
    rejectUnauthorized: isChecked,
    ...(tlsMode !== 'verify-full' && { checkServerIdentity: () => undefined }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert: pem(cert, 'sslcert') }),
    ...(key !== undefined && { key: pem(key, 'sslkey') }),
  }
  if (tlsMode === 'allow') return [false, tls]
  return tlsMode === 'prefer' ? [tls, false] : [tls]
}

/** Options of `tls.connect`. */
export interface TlsSettings {
  readonly rejectUnauthorized: boolean
  readonly checkServerIdentity?: () => undefined
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

function parsed(text: string): [url: URL, shown: string] {
  const shown = withoutPassword(text)
  if (shown === undefined) throw bad('it cannot be read')
  return [new URL(text), shown]
}

function part(written: string): string {
  try {
    return decodeURIComponent(written)
  } catch {
    throw bad('it has a % that is not followed by two hexadecimal digits; write %25 for a %')
  }
}

/** Of an IPv6 address. */
function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

function whole(text: string, name: string, most: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number > most) throw bad(`its ${name} is not a whole number up to ${most}`)
  return number
}

function isMode(text: string): text is TlsMode {
  return (modes as readonly string[]).includes(text)
}

function pem(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw bad(
      `the file of its ${name}, ${path}, cannot be read (${codeOf(error)}). ${pathStep(error).slice(0, -1)}`,
    )
  }
}

function unknown(name: string): string {
  return `its parameter ${JSON.stringify(name)} is not known. Known are ${[...parameters].filter((one) => one !== 'password').join(', ')}`
}

function bad(why: string): Fault {
  const message = `The address of the state cannot be used: ${why}. A good one is postgres://user@host:5432/database?sslmode=verify-full.`
  return fault({ fault: 'fatal', code: 'bad_state_address', message })
}
