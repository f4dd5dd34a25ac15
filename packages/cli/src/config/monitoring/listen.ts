import { secretFile, secretFileProblem } from '@asana-audit/core/config'
import type { SecretReader } from '@asana-audit/core/sink-kit'
import type { Problem } from '../../terminal/problem.ts'
import { commandLine, type Origin } from '../origin.ts'
import { isLoopback } from './loopback.ts'

/** Where `run` serves health, metrics and the status page, and for whom. */
export interface ListenSettings {
  readonly host: string
  readonly port: number
  /** The name of the address' setting in error messages. */
  readonly setting: string
  /** Only this machine can reach it. */
  readonly isLoopback: boolean
  /** The names that a request may call this server by, in lower case, beside its addresses. */
  readonly hosts: readonly string[]
  /** Reads the token that a request must carry. Undefined: none is needed. */
  readonly token: SecretReader | undefined
  /** The path of the file it is in, so that a change of the settings can be noticed. */
  readonly tokenFile: string | undefined
}

/** The settings as they were written, by their names in YAML. */
export const listenSettings = ['listen', 'listen_token_file', 'listen_hosts', 'listen_without_token'] as const
type ListenSetting = (typeof listenSettings)[number]
export type WrittenListen = Readonly<Partial<Record<ListenSetting, unknown>>>

export const goodListen: Readonly<Record<ListenSetting, string>> = {
  listen: 'Give an address and a port, for example "127.0.0.1:9464".',
  listen_token_file:
    'Give the path of a file, for example /etc/asana-audit/listen-token. Make the token in it with: openssl rand -hex 32',
  listen_hosts: 'Give a list of names, for example [audit.example.com].',
  listen_without_token: 'Give true or false.',
}

export interface ListenFlags {
  readonly listen?: string | undefined
  readonly listenTokenFile?: string | undefined
  readonly listenHost?: readonly string[] | undefined
  readonly listenWithoutToken?: boolean | undefined
}

/** A setting as it was written, and what reads it. */
interface Written {
  readonly value: unknown
  readonly setting: string
  readonly origin: Origin
}

/** Reads the settings of flags, which override the file. Undefined if nothing is served. */
export function readListen(
  flags: ListenFlags,
  file: { readonly listen: WrittenListen; readonly origin: Origin } | undefined,
  problems: Problem[],
): ListenSettings | undefined {
  const byFlag: WrittenListen = {
    listen: flags.listen,
    listen_token_file: flags.listenTokenFile,
    listen_hosts: flags.listenHost,
    listen_without_token: flags.listenWithoutToken,
  }
  const shell = commandLine((name) => `--${name.replace('hosts', 'host').replaceAll('_', '-')}`)
  const written = (name: ListenSetting): Written => {
    const origin = byFlag[name] !== undefined || file === undefined ? shell : file.origin
    const value = origin === shell ? byFlag[name] : file?.listen[name]
    return { value: value ?? undefined, setting: origin.settingName(name), origin }
  }
  const wrong = ({ setting }: Written, what: string, name: ListenSetting): undefined => {
    problems.push({ setting, message: `${what} ${goodListen[name]}` })
  }
  const [listen, tokenFile, hosts, open] = listenSettings.map(written) as [Written, Written, Written, Written]
  if (listen.value === undefined) {
    for (const [index, one] of [tokenFile, hosts, open].entries()) {
      if (one.value !== undefined && one.value !== false)
        wrong(one, 'It has no effect without listen.', listenSettings[index + 1] as ListenSetting)
    }
    return undefined
  }
  const address = addressOf(listen.value)
  if (!address) wrong(listen, 'It is not an address with a port.', 'listen')
  if (hosts.value !== undefined && !areNames(hosts.value))
    wrong(hosts, 'It is not a list of names.', 'listen_hosts')
  if (open.value !== undefined && typeof open.value !== 'boolean')
    wrong(open, 'It is neither true nor false.', 'listen_without_token')
  const token = readTokenFile(tokenFile, problems)
  const isLocal = address !== undefined && isLoopback(address.host)
  if (address && !isLocal) problems.push(...tokenProblems(listen, tokenFile, open))
  return {
    ...(address ?? { host: '', port: 0 }),
    setting: listen.setting,
    isLoopback: isLocal,
    hosts: areNames(hosts.value) ? hosts.value.map((name) => name.toLowerCase()) : [],
    token,
    tokenFile: token && tokenFile.origin.file(String(tokenFile.value)),
  }
}

/** `HOST:PORT`, or a port alone, which means this machine. */
function addressOf(value: unknown): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:(?:\[([\da-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(String(value).trim())
  const port = Number(match?.[3])
  if (!match || port > 65_535 || typeof value === 'object') return undefined
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port }
}

function areNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && /^[\w.-]+$/.test(one))
}

function readTokenFile({ value, setting, origin }: Written, problems: Problem[]): SecretReader | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value.trim() === '') {
    problems.push({ setting, message: `It is not a path. ${goodListen.listen_token_file}` })
    return undefined
  }
  const path = origin.file(value)
  const problem = secretFileProblem({ setting, path, written: value }, (secret) =>
    goodToken.test(secret)
      ? undefined
      : `The token in it has fewer than 16 characters, or others than letters, digits and signs. ${goodListen.listen_token_file}`,
  )
  if (problem) problems.push(problem)
  return secretFile(path, value)
}

/** Anybody who reaches the port may try tokens, and a header holds no blank. */
const goodToken = /^[!-~]{16,}$/

/** On an address that others can reach, somebody must have said who may read. */
function tokenProblems(listen: Written, tokenFile: Written, open: Written): Problem[] {
  if (tokenFile.value !== undefined && open.value === true) {
    const message = `listen_token_file is set as well. Keep one of the two.`
    return [{ setting: open.setting, message }]
  }
  if (tokenFile.value !== undefined || open.value === true) return []
  const message =
    'Others can reach this address, so their requests need a token: set listen_token_file (--listen-token-file). ' +
    'Or listen on 127.0.0.1. Or, if everybody who reaches the port may read names of pipelines and numbers of events, set listen_without_token: true (--listen-without-token).'
  return [{ setting: listen.setting, message }]
}
