import type { Case, Leg } from '../case.ts'
import { row, type Scale } from './row.ts'

/** The cost of a start, and the size of an installation. */
export function startLeg(scale: Scale): Leg {
  const often = { rounds: scale.quick ? 3 : 15, warmUp: 0 }
  const one = (name: string, variant: string, options: Case['options'], more: Partial<Case> = {}): Case =>
    row(scale, { name, variant, options, kind: 'ours', floor: node, events: 0, ...often, ...more })
  const events = 1_000
  const script = { program: 'script', protocol: 'protobuf' } as const
  return {
    name: 'start',
    title: 'Start, and what is installed',
    about:
      'The packed command, installed by npm into an empty folder, against `node -e 0`, each started many times in turn, so what it reads from the disk is in memory. Resident: the most of its life; to the first event, that at this moment. "To the first event" is from the start of the process, on an empty state, until the receiver has an event. The script is plain `fetch` into the stock SDK. Packed are the tarballs of `asana-audit` and of our own packages that it needs; installed is what npm puts on the disk, as `du` counts.',
    cases: [
      one(node, 'whole life', { program: 'node -e 0' }, { kind: 'floor' }),
      one('--version', 'whole life', { program: '--version' }),
      one('run, to the first event', 'first event', { program: 'run' }, { events }),
      one('script, to the first event', 'first event', script, { events, kind: 'peer' }),
      one('asana-audit, installed', 'install', {}, { rounds: 1 }),
    ],
  }
}

const node = 'node -e 0'
