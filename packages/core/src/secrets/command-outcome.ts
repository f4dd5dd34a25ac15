import { type ChildProcess, spawn } from 'node:child_process'
import { codeOf } from '../files/path-step.ts'

export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  /** The status; `null`: ended by a signal; a text: why we ended it, or the code of why it cannot be started. */
  readonly end: number | string | null
}

const maxCharacters = 65_536
/** How long the output may stay open after the command has ended: a process that it started may hold it for ever. */
const openMs = 1_000

/**
 * Runs a program in a process group of its own, without a shell and with nothing to read. When it ends, or at the end of its time, the whole
 * group is killed, as it is if this process ends: a script that waits for a store would leave one more process behind at each attempt.
 */
export function outcomeOf(program: string, words: readonly string[], timeout: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { detached: process.platform !== 'win32', windowsHide: true })
    const said = { stdout: '', stderr: '' }
    let why: string | undefined
    const end = (): void => {
      killGroup(child)
      child.stdout?.destroy()
      child.stderr?.destroy()
    }
    const kill = (reason: string): void => {
      why ??= reason
      end()
    }
    const timer = setTimeout(kill, timeout, 'too long')
    let closing: NodeJS.Timeout | undefined
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (part: string) => {
        said[name] += part
        if (said[name].length > maxCharacters) kill('too much')
      })
    }
    const atOurEnd = (): void => killGroup(child)
    process.once('exit', atOurEnd)
    const done = (status: Outcome['end']): void => {
      clearTimeout(timer)
      clearTimeout(closing)
      process.off('exit', atOurEnd)
      resolve({ ...said, end: why ?? status })
    }
    child.on('error', (error) => done(codeOf(error))).on('close', done)
    child.on('exit', () => {
      // What it printed is read before: a timer comes before the output, an immediate after it.
      closing = setTimeout(() => setImmediate(end), openMs)
    })
    // A command that asks for a password ends at once.
    child.stdin?.on('error', () => {}).end()
  })
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
