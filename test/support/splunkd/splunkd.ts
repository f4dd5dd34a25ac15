import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseXml, XmlElement } from '@rgrove/parse-xml'
import { expect, onTestFinished } from 'vitest'
import { temporaryFolder } from '../run-command.ts'
import { type EventStream, eventStream, type KeptEvent } from './event-stream.ts'
import { type SplunkSettings, startRestApi } from './rest-api.ts'

// A stand-in for splunkd, written from Splunk's pages "Create modular inputs", "Set up streaming" and "Data checkpoints", apart from the
// code that it tests.

/** A modular input: a program that splunkd starts. */
export interface Program {
  readonly path: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface Input {
  /** What it has written to standard error: splunkd.log. */
  log(): string
  readonly stream: EventStream
  readonly child: ChildProcess
  /** Reads no more, as a splunkd whose queues are full. */
  block(): void
  unblock(): void
  /** SIGTERM, as for an input that is disabled. Resolves with the exit status. */
  stop(): Promise<number | null>
  /** SIGKILL. */
  kill(): Promise<void>
  /** Resolves with the exit status. */
  readonly ended: Promise<number | null>
}

export interface Splunkd {
  readonly settings: SplunkSettings
  readonly checkpoints: string
  expireSessions(): void
  scheme(program: Program): Promise<string>
  /** What the page shows; undefined if the input is accepted. */
  validate(
    program: Program,
    name: string,
    params: Readonly<Record<string, string>>,
  ): Promise<string | undefined>
  start(program: Program, name: string, params: Readonly<Record<string, string>>): Input
  /** Events that are on the disk or in memory, in the order in which they came. */
  events(): readonly KeptEvent[]
  /** The ids of these events, repeats included. */
  gids(): string[]
  /** A crash of splunkd: what came after the first `kept` events was only in memory. */
  lose(kept: number): void
}

/** One folder for all inputs of the scheme. */
function defaultCheckpoints(): string {
  const folder = join(temporaryFolder(), 'var/lib/splunk/modinputs/asana_audit')
  mkdirSync(folder, { recursive: true })
  return folder
}

/** `checkpoints`: a folder in the place of the usual one. */
export async function startSplunkd(checkpoints = defaultCheckpoints()): Promise<Splunkd> {
  const rest = await startRestApi()
  const home = temporaryFolder()
  let kept: KeptEvent[] = []

  /** Events for an index that is disabled are thrown away. */
  const keep = (event: KeptEvent): void => {
    if (rest.settings.indexes.get(event.index ?? 'main')?.disabled !== true) kept.push(event)
  }

  const common = (): string =>
    `<server_host>heavy-forwarder</server_host><server_uri>${rest.origin}</server_uri>` +
    `<session_key>${rest.newSession()}</session_key><checkpoint_dir>${checkpoints}</checkpoint_dir>`

  function open({ path, args, env = {} }: Program, more: readonly string[]): ChildProcess {
    const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
    const child = spawn(path, [...args, ...more], {
      env: { PATH, NODE_COMPILE_CACHE, HOME: home, SPLUNK_HOME: home, SPLUNK_DB: home, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }

  async function answered(child: ChildProcess, stdin: string): Promise<{ code: number | null; out: string }> {
    let out = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8')
    })
    child.stdin?.end(stdin)
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, out }
  }

  return {
    settings: rest.settings,
    checkpoints,
    expireSessions: rest.expireSessions,
    async scheme(program) {
      const { code, out } = await answered(open(program, ['--scheme']), '')
      expect(code).toBe(0)
      return out
    },
    async validate(program, name, params) {
      const items = `<?xml version="1.0" encoding="UTF-8"?>\n<items>${common()}<item name="${name}">${paramsXml(params)}</item></items>`
      const { code, out } = await answered(open(program, ['--validate-arguments']), items)
      if (code === 0) return undefined
      const { root } = parseXml(out)
      const [message, ...others] = root?.children ?? []
      if (
        root?.name !== 'error' ||
        !(message instanceof XmlElement) ||
        message.name !== 'message' ||
        others.length > 0
      )
        throw new Error(`No message for the page: ${out}`)
      return message.text
    },
    start(program, name, params) {
      const all = { host: '$decideOnStartup', index: 'default', interval: '60', disabled: '0', ...params }
      const stanza = `<stanza name="asana_audit://${name}" app="TA-asana-audit-input">${paramsXml(all)}</stanza>`
      const input = `<?xml version="1.0" encoding="UTF-8"?>\n<input>${common()}<configuration>${stanza}</configuration></input>`
      return startInput(open(program, []), input, keep)
    },
    events: () => kept,
    gids: () => kept.map(({ data }) => (JSON.parse(data) as { gid: string }).gid),
    lose: (count) => {
      kept = kept.slice(0, count)
    },
  }
}

function startInput(child: ChildProcess, stdin: string, keep: (event: KeptEvent) => void): Input {
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('The input has no pipes.')
  let log = ''
  const stream = eventStream(keep)
  stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8')
  })
  stdout.on('data', (chunk: Buffer) => stream.push(chunk))
  child.stdin?.end(stdin)
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    log: () => log,
    stream,
    child,
    block: () => void stdout.pause(),
    unblock: () => void stdout.resume(),
    async stop() {
      child.kill('SIGTERM')
      return ended
    },
    async kill() {
      child.kill('SIGKILL')
      stdout.resume()
      await ended
    },
    ended,
  }
}

function paramsXml(params: Readonly<Record<string, string>>): string {
  return Object.entries(params)
    .map(
      ([name, value]) =>
        `<param name="${name}">${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</param>`,
    )
    .join('')
}
