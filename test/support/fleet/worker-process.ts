import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Assignment, Message } from './worker.ts'

/** One worker of the fleet, as a process of its own. */
export interface WorkerProcess {
  readonly name: string
  /** How many of its turns were refused, because they are another worker's by now. */
  readonly refused: number
  /** Resolves once it works. */
  readonly ready: Promise<void>
  /** How it ended: its exit code, or the signal that ended it, and what it printed. */
  readonly ended: Promise<{ readonly by: number | NodeJS.Signals | null; readonly printed: string }>
  readonly isRunning: boolean
  signal(signal: NodeJS.Signals): void
}

/** `plant`: the name of a bug in it. */
export function startWorker(assignment: Assignment, plant: string | undefined): WorkerProcess {
  const child: ChildProcess = fork(join(import.meta.dirname, 'worker.ts'), [JSON.stringify(assignment)], {
    execArgv: plant === undefined ? [] : ['--import', join(import.meta.dirname, 'plant-hooks.ts')],
    env: { ...process.env, ...(plant !== undefined && { FLEET_PLANT: plant }) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let refused = 0
  let printed = ''
  let isRunning = true
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
  }
  const ready = new Promise<void>((resolve) => {
    child.on('message', ({ type }: Message) => {
      if (type === 'refused') refused += 1
      else resolve()
    })
  })
  const ended = new Promise<Awaited<WorkerProcess['ended']>>((resolve) => {
    child.once('close', (code, signal) => {
      isRunning = false
      resolve({ by: signal ?? code, printed })
    })
  })
  return {
    name: assignment.name,
    ready,
    ended,
    get refused() {
      return refused
    },
    get isRunning() {
      return isRunning
    },
    signal: (signal) => void child.kill(signal),
  }
}
