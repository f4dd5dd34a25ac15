import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { bundledBin } from '../../../scripts/bundle/bundled-bin.ts'

/** A command that hangs is killed, so that the test fails with what it said; a busy machine must not get there. */
const deadlineMs = 280_000

/** The words of a run that delivers by OTLP until it has caught up, on a state of its own. */
export function onceToOtlp(): string[] {
  return ['run', '--once', '--log', 'json', '--to', 'otlp', '--state', join(temporaryFolder(), 'state.db')]
}

export interface RunOptions {
  /** Beside PATH and a HOME of its own, all there is in the environment of the command. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Finished {
  /** The exit status; null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  readonly finished: Promise<Finished>
}

/** A folder for one test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Starts `asana-audit` as a process of its own. It never outlives the test. */
export function startCommand(args: readonly string[], options: RunOptions = {}): Running {
  const { env = {} } = options
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
  const child = spawn(process.execPath, [bundledBin, ...args], {
    env: { PATH, NODE_COMPILE_CACHE, HOME: temporaryFolder(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  const stdout = (): string => Buffer.concat(out).toString('utf8')
  const stderr = (): string => Buffer.concat(err).toString('utf8')
  const finished = new Promise<Finished>((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL')
      reject(
        new Error(`asana-audit ${args.join(' ')} took over ${deadlineMs} ms.\n${stderr().slice(-4_000)}`),
      )
    }, deadlineMs)
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(deadline)
      resolve({ code, stdout: stdout(), stderr: stderr() })
    })
  })
  // Whoever does not wait for the end is not told about it either.
  finished.catch(() => {})
  onTestFinished(() => {
    if (child.exitCode === null) child.kill('SIGKILL')
  })
  return { child, stdout, stderr, finished }
}

/** Runs the command to its end. Whatever it was, nothing it wrote is a stack trace or a warning of Node's. */
export async function runCommand(args: readonly string[], options?: RunOptions): Promise<Finished> {
  const done = await startCommand(args, options).finished
  expectTidy(done)
  return done
}

export function expectTidy({ stdout, stderr }: Pick<Finished, 'stdout' | 'stderr'>): void {
  expect(`${stdout}${stderr}`).not.toMatch(/^ {4}at |\\n {4}at |\(node:\d+\)/m)
}

/** The JSON lines of the structured log. */
export function logLines(stderr: string): Record<string, unknown>[] {
  return stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
