import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface VersitygwOptions {
  readonly binary: string
  /** A folder, in which each bucket is a folder and each object a file. */
  readonly data: string
  /** A folder for versions of objects. Undefined: it keeps none. */
  readonly versions?: string | undefined
  readonly access: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** Called once this server answers: makes what a test needs. False if it could not be made. */
  readonly prepare: (endpoint: string) => Promise<boolean>
  /**
   * For tests of this function.
   * @default one that was free a moment ago
   */
  readonly port?: () => Promise<number>
}

export interface RunningVersitygw {
  readonly endpoint: string
  stop(): Promise<void>
}

const mostAttempts = 5

/**
 * A store that speaks S3, on a free port of this machine. It ends with this process. The port was free a moment ago; another process may take
 * it first, even for a server of the same kind with the same key: then it is tried with another one, and nothing is made there.
 */
export async function runVersitygw(options: VersitygwOptions): Promise<RunningVersitygw> {
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const port = await (options.port ?? freePort)()
    // Only the server of this call answers there.
    const health = `/${randomUUID()}`
    const child = spawn(options.binary, argumentsOf(options, port, health), { stdio: 'ignore' })
    const ended = once(child, 'exit')
    // Without its parent nobody ends it.
    const kill = (): void => void child.kill('SIGKILL')
    process.once('exit', kill)
    const endpoint = `http://127.0.0.1:${port}`
    const stop = async (): Promise<void> => {
      process.removeListener('exit', kill)
      kill()
      await ended
    }
    if ((await answers(`${endpoint}${health}`, child)) && (await options.prepare(endpoint)))
      return { endpoint, stop }
    await stop()
  }
  throw new Error('versitygw does not start, or does not make the bucket.')
}

function argumentsOf({ data, versions, access }: VersitygwOptions, port: number, health: string): string[] {
  const { accessKeyId, secretAccessKey } = access
  return [
    ...[
      '--access',
      accessKeyId,
      '--secret',
      secretAccessKey,
      '--port',
      `127.0.0.1:${port}`,
      '--health',
      health,
      '--quiet',
      'posix',
    ],
    ...(versions === undefined ? [] : ['--versioning-dir', versions]),
    data,
  ]
}

export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** False if it ends without having answered. */
async function answers(health: string, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(health).catch(() => undefined)
    // Whatever else listens there knows nothing of this path.
    if (answer?.ok) return true
    await pause(10)
  }
  return false
}
