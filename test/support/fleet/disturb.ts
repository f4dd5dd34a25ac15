import type { HeldWrite } from './destination.ts'
import type { Fleet } from './fleet.ts'
import type { Disturbance, WorkerName } from './plan.ts'
import { until } from './until.ts'

/** What a disturbance happens to. */
export interface Scene {
  readonly fleet: Fleet
  readonly victim: WorkerName
  readonly signal: AbortSignal
}

/** Ends a disturbance, once the others have taken over. */
export type Mend = () => void | Promise<void>

/** Resolves once it has happened. */
export const disturb: Readonly<Record<Disturbance, (scene: Scene) => Promise<Mend>>> = {
  async killed({ fleet, victim, signal }) {
    const held = await heldWrite(fleet, victim, signal)
    fleet.worker(victim).signal('SIGKILL')
    await fleet.worker(victim).ended
    held.answer()
    return async () => {
      await broughtByAnother(fleet, held, signal)
      await fleet.start(victim)
    }
  },
  async stopped({ fleet, victim, signal }) {
    const held = await heldWrite(fleet, victim, signal)
    const worker = fleet.worker(victim)
    worker.signal('SIGSTOP')
    held.answer()
    return async () => {
      await broughtByAnother(fleet, held, signal)
      const before = worker.refused
      worker.signal('SIGCONT')
      await until('a refused commit of a worker that stood still', () => worker.refused > before, signal)
    }
  },
  async 'stopped in a commit'({ fleet, victim }) {
    const worker = fleet.worker(victim)
    await fleet.line(victim).inCommit(() => worker.signal('SIGSTOP'))
    return () => worker.signal('SIGCONT')
  },
  async cut({ fleet, victim, signal }) {
    const held = await heldWrite(fleet, victim, signal)
    fleet.line(victim).cut()
    held.answer()
    return nothing
  },
  async silent({ fleet, victim }) {
    const line = fleet.line(victim)
    await line.fallSilent()
    return () => line.cut()
  },
  async 'commit lost'({ fleet, victim }) {
    await fleet.line(victim).loseCommit()
    return nothing
  },
  async database({ fleet, victim, signal }) {
    const held = await heldWrite(fleet, victim, signal)
    await fleet.postgres.stop('immediate')
    held.answer()
    await fleet.postgres.start()
    return nothing
  },
}

const nothing: Mend = () => {}

/** Of a tenant that stays: nobody takes over the turn of one that is removed. */
async function heldWrite(
  { destination, tenants }: Fleet,
  victim: WorkerName,
  signal: AbortSignal,
): Promise<HeldWrite> {
  const staying = tenants.filter(({ plan }) => plan.removed === undefined).map(({ plan }) => plan.name)
  let held: HeldWrite | undefined
  void destination.hold(victim, new Set(staying)).then((write) => {
    held = write
  })
  await until(`a write of ${victim}`, () => held !== undefined, signal)
  return held!
}

/** The position was not saved, so whoever takes the turn brings the same events again. */
async function broughtByAnother(
  { destination }: Fleet,
  { worker, tenant, ids }: HeldWrite,
  signal: AbortSignal,
): Promise<void> {
  const isBrought = (): boolean => {
    const others = destination.writes.filter((write) => write.tenant === tenant && write.worker !== worker)
    const brought = new Set(others.flatMap((write) => write.ids))
    return ids.every((id) => brought.has(id))
  }
  await until(`what ${worker} had sent for ${tenant}, from another worker`, isBrought, signal)
}
