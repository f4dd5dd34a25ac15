import type { Death } from './plan.ts'

/** One process, which may be killed before or after any of its steps. */
export interface Mortal {
  /** Does a step. After the death no step ever resolves, because a killed process does nothing more. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>
  /** Resolves with the step it died at. */
  readonly death: Promise<string>
  readonly isDead: boolean
}

/** Without a `death` the process is never killed. */
export function mortal(given: Death | undefined): Mortal {
  let moments = 0
  let isDead = false
  let die: (at: string) => void = () => {}
  const death = new Promise<string>((resolve) => {
    die = resolve
  })

  async function moment(when: 'before' | 'after', step: string): Promise<void> {
    if (given?.step === undefined || given.step === step) moments += 1
    if (!isDead && moments === given?.moment) {
      isDead = true
      die(`${when} ${step}`)
    }
    if (isDead) await new Promise(() => {})
  }

  return {
    death,
    get isDead() {
      return isDead
    },
    async step(name, work) {
      await moment('before', name)
      try {
        return await work()
      } finally {
        await moment('after', name)
      }
    },
  }
}
