export type { EventMix } from './events/event-mix.ts'
export { type GenerateOptions, generateEvents } from './events/generate-events.ts'
export type { GrowthPlan } from './events/growth.ts'
export type { LateEvents } from './server/event-log.ts'
export {
  defaultFaultKinds,
  type FaultChooser,
  type FaultKind,
  type FaultPlan,
  type FaultRequest,
} from './server/faults.ts'
export type { ServedRequest } from './server/served-request.ts'
export type { SimulatorStats } from './server/stats.ts'
export type { Oddity, RefusalStatus, SimulatorSettings } from './settings.ts'
export { type Simulator, type SimulatorOptions, startSimulator } from './start-simulator.ts'
export { isStoryName, type StoryName, stories, storyNames } from './stories/stories.ts'
export type { Step, Story } from './stories/story.ts'
