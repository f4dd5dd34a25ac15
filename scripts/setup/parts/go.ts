import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

interface Place {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs Go, with one core at low priority, because tests and people use the machine too. Resolves with what it prints. */
export async function go(args: readonly string[], { cwd, env = {} }: Place = {}): Promise<string> {
  await execute('go', ['version']).catch(() => {
    throw new Error('Go is not installed. Install Go 1.24 or later, and run this again.')
  })
  const { stdout } = await execute('nice', ['-n', '15', 'go', ...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, CGO_ENABLED: '0', GOMAXPROCS: '1', ...env },
    maxBuffer: 2 ** 26,
  })
  return stdout
}

/** Arguments of `go build` and `go install` for a small program without paths of this machine. */
export const smallProgram: readonly string[] = ['-p', '1', '-trimpath', '-ldflags=-s -w']
