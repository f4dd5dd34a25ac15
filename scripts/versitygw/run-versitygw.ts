import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { claimPort } from '../ports/claim-port.ts'

export interface VersitygwOptions {
  readonly binary: string
  /** A folder, in which each bucket is a folder and each object a file. */
  readonly data: string
  /** A folder for versions of objects. Undefined: it keeps none. */
  readonly versions?: string | undefined
  readonly access: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** Called once this server answers: makes what a test needs. False if it could not be made. */
  readonly prepare: (endpoint: string) => Promise<boolean>
}

export interface RunningVersitygw {
  readonly endpoint: string
  stop(): Promise<void>
}

const healthPath = '/health'

/** A store that speaks S3, on a port of this machine. It ends with this process. */
export async function runVersitygw(options: VersitygwOptions): Promise<RunningVersitygw> {
  const port = await claimPort()
  const child = spawn(options.binary, argumentsOf(options, port), { stdio: 'ignore' })
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
  if ((await answers(endpoint, child)) && (await options.prepare(endpoint))) return { endpoint, stop }
  await stop()
  throw new Error('versitygw does not start, or does not make the bucket.')
}

function argumentsOf({ data, versions, access }: VersitygwOptions, port: number): string[] {
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
      healthPath,
      '--quiet',
      'posix',
    ],
    ...(versions === undefined ? [] : ['--versioning-dir', versions]),
    data,
  ]
}

/** False if it ends without having answered. */
async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`${endpoint}${healthPath}`).catch(() => undefined)
    if (answer?.ok) return true
    await pause(10)
  }
  return false
}
