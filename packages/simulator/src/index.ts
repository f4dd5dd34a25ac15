export type { LateEvents } from './event-log.ts'
export type { EventMix } from './event-mix.ts'
export {
  defaultFaultKinds,
  type FaultChooser,
  type FaultKind,
  type FaultPlan,
  type FaultRequest,
} from './faults.ts'
export { type GenerateOptions, generateEvents } from './generate-events.ts'
export type { GrowthPlan } from './growth.ts'
export type { ServedRequest } from './served-request.ts'
export type { Oddity, RefusalStatus, SimulatorSettings } from './settings.ts'
export { type Simulator, type SimulatorOptions, startSimulator } from './start-simulator.ts'
export type { SimulatorStats } from './stats.ts'
export { isStoryName, type StoryName, stories, storyNames } from './stories/stories.ts'
export type { Step, Story } from './stories/story.ts'
