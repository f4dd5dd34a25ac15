import type { Fact, Part } from './fact.ts'

/** A fact to tell a person, in the name of a lane. */
export interface ToldFact {
  readonly fact: Fact
  readonly lane: string
}

interface Trouble {
  readonly part: Part
  /** All that it stops. */
  readonly lanes: Set<string>
  /** The one that tells when another attempt fails too. */
  teller: string
  /** Told it last, and so tells the end. */
  toldBy: string
  /** It has ended for one lane, but not yet for all. */
  ended: (Fact & { type: 'resumed' }) | undefined
}

/**
 * Takes each fact of a pipeline, and returns what to tell. The lanes of a pipeline have one source, one destination and one state, so the same
 * trouble stops all of them: one lane tells it, and its end is told once it has ended for all. Pauses with one code and two messages are two
 * troubles. Other facts are returned as they come.
 */
export function toldOnce(): (fact: Fact, lane: string) => readonly ToldFact[] {
  const troubles = new Map<string, Trouble>()

  /** Returns the trouble if it has ended for all lanes. */
  function leave(key: string, trouble: Trouble, lane: string): Trouble | undefined {
    trouble.lanes.delete(lane)
    const [other] = trouble.lanes
    if (other === undefined) {
      troubles.delete(key)
      return trouble
    }
    if (trouble.teller === lane) trouble.teller = other
    return undefined
  }

  function troublesOf(lane: string, part?: Part): [string, Trouble][] {
    return [...troubles].filter(
      ([, trouble]) => trouble.lanes.has(lane) && (part === undefined || trouble.part === part),
    )
  }

  return (fact, lane) => {
    const asItIs = { fact, lane }
    switch (fact.type) {
      case 'retrying':
      case 'paused': {
        const key = keyOf(fact)
        const { part } = fact
        for (const [before, trouble] of troublesOf(lane, part))
          if (before !== key) leave(before, trouble, lane)
        const trouble = troubles.get(key) ?? newTrouble(part, lane)
        troubles.set(key, trouble)
        trouble.lanes.add(lane)
        if (trouble.teller !== lane) return []
        trouble.toldBy = lane
        return [asItIs]
      }
      case 'resumed': {
        const [found] = troublesOf(lane, fact.part)
        if (!found) return [asItIs]
        const [key, trouble] = found
        trouble.ended = fact
        return leave(key, trouble, lane) ? [{ fact, lane: trouble.toldBy }] : []
      }
      case 'committed': {
        // Some pauses end without a fact of their own.
        const over = troublesOf(lane).flatMap(([key, trouble]) => leave(key, trouble, lane) ?? [])
        const ends = over.flatMap(({ ended, toldBy }) => (ended ? [{ fact: ended, lane: toldBy }] : []))
        return [...ends, asItIs]
      }
      default:
        return [asItIs]
    }
  }
}

/** A person must act on a pause, and another sentence may ask for another act. What goes away by itself is one trouble for each code. */
function keyOf(fact: Fact & { type: 'retrying' | 'paused' }): string {
  const { type, part, code, message } = fact
  return type === 'paused' ? `${type} ${part} ${code} ${message}` : `${type} ${part} ${code}`
}

function newTrouble(part: Part, lane: string): Trouble {
  return { part, lanes: new Set(), teller: lane, toldBy: lane, ended: undefined }
}
