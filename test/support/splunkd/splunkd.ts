import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { parseXml, XmlElement } from '@rgrove/parse-xml'
import { expect, onTestFinished } from 'vitest'
import { temporaryFolder } from '../commands/run-command.ts'
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
  /** splunkd's end of the pipe for events. */
  readonly stdout: Socket
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
  /** The paths that were asked for. */
  requests(): readonly string[]
  /** Events that are on the disk or in memory, in the order in which they came. */
  events(): readonly KeptEvent[]
  /** The ids of these events, repeats included. */
  gids(): string[]
  /** A crash of splunkd: what came after the first `kept` events was only in memory. */
  lose(kept: number): void
  /** The same, but only events with these ids had reached the disk. */
  loseAllBut(gids: ReadonlySet<string>): void
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

  /** Events for an index that is disabled are thrown away; those for an index that is not here, too, unless this is a forwarder. */
  const keep = (event: KeptEvent): void => {
    const { indexes, outputs } = rest.settings
    const index = indexes.get(event.index ?? 'main')
    if (index ? !index.disabled : outputs.size > 0) kept.push(event)
  }

  const common = (): string =>
    `<server_host>heavy-forwarder</server_host><server_uri>${rest.origin}</server_uri>` +
    `<session_key>${rest.newSession()}</session_key><checkpoint_dir>${checkpoints}</checkpoint_dir>`

  function open({ path, args, env = {} }: Program, more: readonly string[]): Started {
    const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
    const [stdout, stderr] = [pipe(), pipe()]
    const child = spawn(path, [...args, ...more], {
      env: { PATH, NODE_COMPILE_CACHE, HOME: home, SPLUNK_HOME: home, SPLUNK_DB: home, ...env },
      stdio: ['pipe', stdout.given, stderr.given],
    })
    for (const { given } of [stdout, stderr]) closeSync(given)
    onTestFinished(() => void child.kill('SIGKILL'))
    return { child, stdout: stdout.read, stderr: stderr.read }
  }

  async function answered(started: Started, stdin: string): Promise<{ code: number | null; out: string }> {
    let out = ''
    started.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8')
    })
    started.stderr.resume()
    started.child.stdin?.end(stdin)
    return { code: await endOf(started), out }
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
    requests: () => rest.requests,
    events: () => kept,
    gids: () => kept.map(gidIn),
    lose: (count) => {
      kept = kept.slice(0, count)
    },
    loseAllBut: (gids) => {
      kept = kept.filter((event) => gids.has(gidIn(event)))
    },
  }
}

const gidIn = ({ data }: KeptEvent): string => (JSON.parse(data) as { gid: string }).gid

/** A process with splunkd's ends of its pipes. */
interface Started {
  readonly child: ChildProcess
  readonly stdout: Socket
  readonly stderr: Socket
}

/** A pipe of the system, as splunkd makes it. Node would give its child a socket, which holds more and cannot be made shorter. */
function pipe(): { readonly read: Socket; readonly given: number } {
  const path = join(temporaryFolder(), 'pipe')
  execFileSync('mkfifo', [path])
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return {
    read: new Socket({ fd, readable: true, writable: false, highWaterMark: 1 } as object),
    given: openSync(path, 'w'),
  }
}

/** The exit status, once all that it wrote was read, or nobody reads any more. */
async function endOf({ child, stdout, stderr }: Started): Promise<number | null> {
  const closed = [stdout, stderr].map((one) => (one.destroyed ? undefined : once(one, 'close')))
  const [code] = (await once(child, 'close')) as [number | null]
  await Promise.all(closed)
  return code
}

function startInput(started: Started, stdin: string, keep: (event: KeptEvent) => void): Input {
  const { child, stdout, stderr } = started
  let log = ''
  const stream = eventStream(keep)
  stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8')
  })
  stdout.on('data', (chunk: Buffer) => stream.push(chunk))
  child.stdin?.end(stdin)
  const ended = endOf(started)
  return {
    log: () => log,
    stream,
    child,
    stdout,
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
