import { accountTakeover } from './account-takeover.ts'
import { consentPhishing } from './consent-phishing.ts'
import { departingInsider } from './departing-insider.ts'
import { openedDoors } from './opened-doors.ts'
import { rogueAdministrator } from './rogue-administrator.ts'
import { sabotage } from './sabotage.ts'
import { serviceAccountBackdoor } from './service-account-backdoor.ts'
import type { Story } from './story.ts'
import { supportVisit } from './support-visit.ts'

export type StoryName =
  | 'account-takeover'
  | 'consent-phishing'
  | 'departing-insider'
  | 'opened-doors'
  | 'rogue-administrator'
  | 'sabotage'
  | 'service-account-backdoor'
  | 'support-visit'

/** Attacks that can be added to other events, by name. */
export const stories: Readonly<Record<StoryName, Story>> = {
  'account-takeover': accountTakeover,
  'consent-phishing': consentPhishing,
  'departing-insider': departingInsider,
  'opened-doors': openedDoors,
  'rogue-administrator': rogueAdministrator,
  sabotage,
  'service-account-backdoor': serviceAccountBackdoor,
  'support-visit': supportVisit,
}

/** All names, for the option `stories` of `startSimulator` and `generateEvents`. */
export const storyNames = Object.keys(stories) as readonly StoryName[]

export function isStoryName(name: string): name is StoryName {
  return Object.hasOwn(stories, name)
}
