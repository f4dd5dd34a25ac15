import type { RunCase } from '../case.ts'
import { runCollector } from '../collector/run-collector.ts'
import { archive } from './archive.ts'
import { archiveRead } from './archive-read.ts'
import { firstEvent } from './first-event.ts'
import { install } from './install.ts'
import { rest } from './rest.ts'
import { tail } from './tail.ts'
import { toTheEnd } from './to-the-end.ts'
import { wholeLife } from './whole-life.ts'

/** Rounds that measure a program from outside. Every other variant measures itself in a process of the bench. */
export const measures: ReadonlyMap<string, RunCase> = new Map([
  ['archive', archive],
  ['archive-read', archiveRead],
  ['collector', runCollector],
  ['first event', firstEvent],
  ['install', install],
  ['rest', rest],
  ['tail', tail],
  ['to the end', toTheEnd],
  ['whole life', wholeLife],
])
