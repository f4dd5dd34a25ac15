/** Calls the listener at each SIGHUP, and at once if one came before. */
export type HangUps = (listener: () => void) => void

/**
 * From now on SIGHUP does not end this process, neither while it starts nor while it ends: a service manager sends it whenever somebody
 * asks for it.
 */
export function holdHangUps(): HangUps {
  let listener: (() => void) | undefined
  let cameBefore = false
  process.on('SIGHUP', () => {
    if (listener) listener()
    else cameBefore = true
  })
  return (listen) => {
    listener = listen
    if (cameBefore) listen()
  }
}
