import { existsSync, realpathSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { isMainThread } from 'node:worker_threads'

/** The commands that read many events, or run for months. */
const commands: readonly (string | undefined)[] = ['run', 'backfill', 'splunk-input', 'fleet worker']

/** What Node and the C library read only when they start. */
const variables = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '32768' } as const
const flag = '--max-semi-space-size'

/** What the user set already, or we did before, stays: so this happens once. */
function environmentOfLessMemory(
  env: NodeJS.ProcessEnv,
  execArgv: readonly string[],
): NodeJS.ProcessEnv | undefined {
  const { NODE_OPTIONS: options = '' } = env
  const isSized = [options, ...execArgv].some((text) => /--max[-_]semi[-_]space[-_]size/.test(text))
  const wanted = { ...variables, ...env, ...(!isSized && { NODE_OPTIONS: `${flag}=8 ${options}`.trim() }) }
  return Object.entries(wanted).every(([name, value]) => env[name] === value) ? undefined : wanted
}

/**
 * Starts the command again in this very process, with settings that save memory and that no running program can change. What it is
 * called with, its id, its streams and its folder stay. Returns where nothing is to be changed or it cannot be done.
 * `entry` is the file that Node runs; for the single executable it is the executable itself.
 * docs/decisions/restart-with-less-memory.md says why.
 */
export function restartWithLessMemory(entry: string): void {
  const { env, execArgv, argv, argv0, execPath, execve } = process
  if (
    ![argv[2], argv.slice(2, 4).join(' ')].some((command) => commands.includes(command)) ||
    env['ASANA_AUDIT_RESTART'] === 'no' ||
    !canRestart(entry)
  )
    return
  const lean = environmentOfLessMemory(env, execArgv)
  // Node sets argv[1] itself in the single executable.
  const given = argv.slice(isExecutable(entry) ? 2 : 1)
  if (lean) execve?.(execPath, [argv0, ...execArgv, ...given], lean)
}

const isExecutable = (entry: string): boolean => entry === process.execPath

function canRestart(entry: string): boolean {
  const { argv, env, execPath, permission, platform } = process
  return (
    // Node cannot do it on these.
    (platform === 'linux' || platform === 'darwin' || platform === 'freebsd') &&
    isMainThread &&
    // Without /proc, as in a bare chroot, Node does not know its own path.
    isAbsolute(execPath) &&
    (permission?.has('child') ?? true) &&
    // Another program has imported us. Or the file was named without its ending, which Node allows.
    (isExecutable(entry) ||
      (argv[1] !== undefined && existsSync(argv[1]) && realpathSync(argv[1]) === entry)) &&
    // Node closes what it was given beyond the three streams: a channel to the program that forked it, and files by number.
    process.send === undefined &&
    ![...argv, ...Object.values(env)].some((text) => text?.includes('/fd/'))
  )
}
