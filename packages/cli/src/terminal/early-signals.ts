import { isatty } from 'node:tty'

/** The commands that run until somebody stops them, or for long. */
const lasting: readonly string[] = ['run', 'backfill', 'replay', 'simulate', 'fleet worker']
const stops = ['SIGINT', 'SIGTERM'] as const

/**
 * Until the command listens itself, which takes a part of a second: a signal to stop ends it with 0, as later, since nothing is begun and
 * nothing can be lost; and a service that may follow its file remembers SIGHUP. Called before all else is loaded, so it is one file.
 */
export function holdEarlySignals(words: readonly string[] = process.argv.slice(2)): void {
  if (!lasting.some((command) => command === words.slice(0, command.split(' ').length).join(' '))) return
  for (const name of stops) process.on(name, stop)
  if (words[0] === 'run' && !isatty(2)) holdHangUps()
}

/** The caller listens to the signals to stop already. */
export function releaseStops(): void {
  for (const name of stops) process.off(name, stop)
}

function stop(): void {
  process.exit(0)
}

/** Calls the listener at each SIGHUP, and at once if one came before. */
export type HangUps = (listener: () => void) => void

let onHangUp: (() => void) | undefined
let hungUpBefore = false

/**
 * From now on SIGHUP does not end this process, neither while it starts nor while it ends: a service manager sends it whenever somebody
 * asks for it.
 */
export function holdHangUps(): HangUps {
  if (!process.listeners('SIGHUP').includes(hangUp)) process.on('SIGHUP', hangUp)
  return listen
}

/** From now on SIGHUP ends this process as any other, at once if one was held before. */
export function endAtHangUp(): void {
  listen(() => {
    process.off('SIGHUP', hangUp)
    process.kill(process.pid, 'SIGHUP')
  })
}

function listen(listener: () => void): void {
  onHangUp = listener
  if (hungUpBefore) listener()
}

function hangUp(): void {
  if (onHangUp) onHangUp()
  else hungUpBefore = true
}
