import { Option, repeated } from './command.ts'

// Flags that say which events: the same for what is delivered and for what is shown.

export const eventType = new Option('--event-type <type>', 'only this type; may be repeated').argParser(
  repeated,
)
export const actorType = new Option('--actor-type <type>', 'only these actors; may be repeated').argParser(
  repeated,
)
export const actorGid = new Option('--actor-gid <gid>', 'only this actor')
export const actorEmail = new Option('--actor-email <address>', 'only this actor, by e-mail')
export const resourceGid = new Option('--resource-gid <gid>', 'only this resource')
