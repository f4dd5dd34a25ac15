import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Case, Outcome, RunCase } from '../case.ts'
import { assignmentOf, settingsOf } from '../run-case.ts'
import type { Servers } from '../servers.ts'
import type { ProgramName, Setup } from '../variant.ts'
import { type MemoryLimit, memoryLimit } from './memory-limit.ts'
import { commandLine, type Running, start } from './program.ts'

/** The arguments of a measure. The servers are already set up. */
export interface OnProgram {
  readonly one: Case
  readonly program: ProgramName
  readonly servers: Servers
  readonly setup: Setup
  /** Starts the program of the row. If it still runs at the end of the round, it is killed. */
  readonly launch: (environment?: NodeJS.ProcessEnv) => Running
}

const usualTimeoutMs = 120_000

/** A round with a program as its user starts it, in its own folder, which is removed afterwards. */
export function onProgram(measure: (on: OnProgram) => Promise<Outcome>): RunCase {
  return async (one, servers) => {
    const { program } = one.options
    if (program === undefined) throw new Error(`${one.name} names no program.`)
    const folder = mkdtempSync(join(tmpdir(), 'asana-audit-bench-'))
    const running: Running[] = []
    let limit: MemoryLimit | undefined
    try {
      const setup = assignmentOf(one, servers, folder)
      const unlimited = await commandLine(program, setup)
      if (setup.memoryLimitMb !== undefined) limit = memoryLimit(setup.memoryLimitMb)
      const line = limit?.wrap(unlimited) ?? unlimited
      const launch = (environment?: NodeJS.ProcessEnv): Running => {
        const it = start(line, setup, environment)
        running.push(it)
        return it
      }
      const { asana, receiver } = settingsOf(one)
      await servers.set(asana, receiver)
      return await inTime(measure({ one, program, servers, setup, launch }), one.timeoutMs ?? usualTimeoutMs)
    } catch (error) {
      return { error: (error as Error).message }
    } finally {
      await Promise.all(running.map((it) => it.kill()))
      limit?.remove()
      rmSync(folder, { recursive: true })
    }
  }
}

async function inTime(work: Promise<Outcome>, timeoutMs: number): Promise<Outcome> {
  const { promise: late, resolve } = Promise.withResolvers<Outcome>()
  const timer = setTimeout(() => resolve({ error: `not done after ${timeoutMs / 1000} s` }), timeoutMs)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Rejects if a program that should continue has ended. */
export async function stillRuns({ ended, said }: Running): Promise<never> {
  await ended
  throw new Error(lastWord(said()))
}

/** Why a program ended, by its last message. */
export function lastWord(said: string): string {
  const line = said.trim().split('\n').at(-1) ?? ''
  const text = /"(?:message|msg)":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line
  return text === '' ? 'ended without a message' : text.replaceAll(/https?:\/\/\S+/g, '…').slice(0, 200)
}
