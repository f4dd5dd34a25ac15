import { type ChildProcess, fork } from 'node:child_process'

/** A request to another process: a name and one argument, as plain data. */
export type Handlers = Readonly<Record<string, (argument: never) => unknown>>

interface Question {
  readonly question: number
  readonly name: string
  readonly argument: unknown
}

interface Answer {
  readonly question: number
  readonly value?: unknown
  readonly error?: string
}

/** Answers requests in the other process, which ends with its parent. */
export function serve(handlers: Handlers): void {
  process.on('message', async ({ question, name, argument }: Question) => {
    try {
      const value = await (handlers[name] as (argument: unknown) => unknown)(argument)
      process.send?.({ question, value } satisfies Answer)
    } catch (error) {
      process.send?.({ question, error: String(error) } satisfies Answer)
    }
  })
  process.on('disconnect', () => process.exit())
}

export interface Remote {
  readonly pid: number
  /** Resolves once it has ended. */
  readonly ended: Promise<void>
  ask<T>(name: string, argument?: unknown): Promise<T>
  stop(): void
}

/** Starts a module that answers requests in its own process. `flags` are those of Node; `env` is added to the environment. */
export function remote(
  path: string,
  arguments_: readonly string[] = [],
  flags: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Remote {
  const child: ChildProcess = fork(path, arguments_, {
    execArgv: [...flags],
    env: { ...process.env, ...env },
  })
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>()
  let asked = 0
  child.on('message', ({ question, value, error }: Answer) => {
    const caller = waiting.get(question)
    waiting.delete(question)
    if (error === undefined) caller?.resolve(value as never)
    else caller?.reject(new Error(error))
  })
  const ended = new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      for (const { reject } of waiting.values()) reject(new Error(`${path} has ended (${code}).`))
      waiting.clear()
      resolve()
    })
  })
  return {
    pid: child.pid!,
    ended,
    ask: (name, argument) =>
      new Promise((resolve, reject) => {
        waiting.set(++asked, { resolve, reject })
        child.send({ question: asked, name, argument } satisfies Question)
      }),
    stop() {
      if (child.connected) child.disconnect()
    },
  }
}
