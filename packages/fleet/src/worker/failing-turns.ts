import { endTurn, type Turn } from './turn.ts'

/** Turns that wait because something fails for now: Asana, or the destination of their tenant. */
export interface FailingTurns {
  /** Those that wait now. */
  readonly turns: ReadonlySet<Turn>
  add(turn: Turn): void
  delete(turn: Turn): void
}

/**
 * Lets at most `most` turns wait in their slots, so that tenants whose destination is down do not take the slots of all others. A turn for which
 * there is no place ends, and the tenant is tried again in its next turn. Those that may stay wait as a plain delivery does, for as long as it takes.
 */
export function failingTurns(most: number): FailingTurns {
  const failing = new Set<Turn>()
  return {
    turns: failing,
    add(turn) {
      failing.add(turn)
      if (failing.size > most) endTurn(turn, { outcome: 'failing' })
    },
    delete: (turn) => void failing.delete(turn),
  }
}
