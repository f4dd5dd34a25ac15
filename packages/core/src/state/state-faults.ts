import { type Fault, fault } from '../fault.ts'

/** `who`: the other process, if it is known. */
export function alreadyRunning(pipeline: string, who?: string): Fault {
  const named = who === undefined ? '' : ` (${who})`
  const message = `Another process${named} runs the pipeline "${pipeline}" on this state. Stop it first, or use another state.`
  return fault({ fault: 'fatal', final: true, code: 'already_running', message })
}

/**
 * Another process has moved the position, so this one must not. What this one delivered since, the other delivers again with the same ids.
 */
export function superseded(pipeline: string): Fault {
  const message = `Another process has taken over the pipeline "${pipeline}", so this one saved nothing more. Nothing is lost: the other continues from the last saved position. If this process stood still for a while, nothing needs to be done; else look for a second runner that uses the same state.`
  return fault({ fault: 'fatal', final: true, code: 'superseded', message })
}

export function filtersChanged(pipeline: string): Fault {
  const message =
    `The pipeline "${pipeline}" saved its position with other filters (such as --event-type), for another workspace or with another --until. ` +
    'Use the old filters again. Or give the pipeline a new name (--name): it begins from the start. ' +
    'Or rewind it to a time, from which the new filters count: asana-audit state rewind --to 7d.'
  return fault({ fault: 'fatal', code: 'filters_changed', message })
}

export function stateClosed(path: string): Fault {
  const message = `The state ${path} is closed. Close it only after all that uses it has ended: await \`deliver\` before.`
  return fault({ fault: 'fatal', final: true, code: 'state_closed', message })
}
