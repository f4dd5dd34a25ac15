import type { Provenance } from '../context/event-context.ts'

/** The program that delivered an event, as ECS has it. */
export interface EcsAgent {
  type: 'asana-audit'
  version?: string
  /** Another one for each process. */
  ephemeral_id?: string
}

export function ecsAgent({ version, run }: Provenance): EcsAgent {
  return {
    type: 'asana-audit',
    ...(version !== undefined && { version }),
    ...(run !== undefined && { ephemeral_id: run }),
  }
}
