import { type Fault, fault } from '../fault.ts'

export function alreadyRunning(pipeline: string): Fault {
  const message = `Another process runs the pipeline "${pipeline}" on this state. Stop it first, or use another state.`
  return fault({ fault: 'fatal', final: true, code: 'already_running', message })
}

export function filtersChanged(pipeline: string): Fault {
  const message =
    `The filters (with them workspace and \`until\`) of the pipeline "${pipeline}" are not those its position was made with. ` +
    'Use the old filters again, or give the pipeline a new name, or rewind it to a time.'
  return fault({ fault: 'fatal', code: 'filters_changed', message })
}

export function stateClosed(path: string): Fault {
  const message = `The state ${path} is closed. Close it only after all that uses it has ended: await \`deliver\` before.`
  return fault({ fault: 'fatal', final: true, code: 'state_closed', message })
}
