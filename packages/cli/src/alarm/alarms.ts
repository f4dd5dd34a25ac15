import { setImmediate } from 'node:timers/promises'
import { type DurableState, type Fact, toFault } from '@asana-audit/core'
import { backlogLeft } from '@asana-audit/core/backlog'
import type { AlarmSettings } from '../config/monitoring/alarm.ts'
import { minuteMs } from '../duration.ts'
import { isTimeRange } from '../progress/lag/unread.ts'
import type { Reporter } from '../progress/reporters/reporter.ts'
import type { Warning } from '../terminal/problem.ts'
import { type Alarm, type AlarmDoor, type AlarmKind, alarmKinds } from './alarm.ts'
import { type DropOffWatch, type Overview, overviewOf, watchDropOff } from './drop-off-watch.ts'
import { alarmsText, freshAlarms, type Kept, readAlarms } from './kept-alarms.ts'
import { type PipelineWatch, watchPipeline } from './pipeline-watch.ts'

export interface Alarms extends Pick<Reporter, 'fact' | 'begins' | 'standsBy' | 'failed' | 'reloaded'> {
  /** Judges all pipelines, and others get their turn in between. It never rejects. */
  check(): Promise<void>
  /** Every alarm of every pipeline, as it is now. */
  states(): readonly Alarm[]
}

export interface AlarmsOptions {
  readonly settings: AlarmSettings
  readonly state: Pick<DurableState, 'lanes' | 'pipelines' | 'ledger' | 'note' | 'notes'>
  readonly door: AlarmDoor
  readonly warn: (pipeline: string, warning: Warning) => void
  readonly now: () => number
}

interface Watched {
  readonly watch: PipelineWatch
  readonly dropOff: DropOffWatch
  readonly alarms: Map<AlarmKind, Kept>
}

/** The name of the state's notes. */
const noteName = 'alarms'
/** Alertmanager forgets an alarm that it does not hear of again. */
const remindEveryMs = 15 * minuteMs

/** Turns facts into alarms, keeps their states over a restart, and tells the door what begins and ends. */
export async function openAlarms({ settings, state, door, warn, now }: AlarmsOptions): Promise<Alarms> {
  const kept = new Map(
    [...(await state.notes(noteName))].map(
      ([pipeline, text]) => [pipeline, readAlarms(text, now())] as const,
    ),
  )
  const unfinished = (await state.lanes()).filter(
    (row) => row.lane !== 'backfill' && !(isTimeRange(row) && backlogLeft(row.cursor) === undefined),
  )
  const watched = new Map<string, Watched>()
  /** Those that another process runs, and so watches. */
  const asleep = new Map<string, Watched>()
  /** It is said once that a pipeline cannot be judged. */
  const unjudged = new Set<string>()
  let remindedAt = now()
  let checking = Promise.resolve()

  function of(pipeline: string): Watched {
    const existing = watched.get(pipeline) ?? asleep.get(pipeline)
    if (existing) {
      asleep.delete(pipeline)
      watched.set(pipeline, existing)
      return existing
    }
    const newest = new Map(
      unfinished.flatMap((row) =>
        row.pipeline === pipeline && row.newestAt !== undefined
          ? [[row.lane, Date.parse(row.newestAt)] as const]
          : [],
      ),
    )
    const before = kept.get(pipeline)
    const made: Watched = {
      watch: watchPipeline(settings, newest),
      dropOff: watchDropOff(pipeline, state, settings.dropOff, before?.dropOff, now()),
      alarms: new Map(before?.alarms ?? freshAlarms(now())),
    }
    watched.set(pipeline, made)
    for (const [kind, one] of made.alarms) if (!one.isTold) tell(pipeline, made, kind, one)
    return made
  }

  /** If a receiver is down for a day, it gets the alarm later, also after a restart. */
  function tell(pipeline: string, one: Watched, kind: AlarmKind, alarm: Kept): void {
    door.tell({ pipeline, kind, ...alarm }).then(
      async () => {
        if (one.alarms.get(kind) !== alarm) return
        one.alarms.set(kind, { ...alarm, isTold: true })
        // A pipeline that is gone may be another process' by now.
        if (watched.get(pipeline) === one) await save(pipeline, one)
      },
      () => {}, // The run ends first. The state says that it is not told.
    )
  }

  async function save(pipeline: string, { alarms, dropOff }: Watched): Promise<void> {
    try {
      await state.note(pipeline, noteName, alarmsText(alarms, dropOff.dropOff))
    } catch (error) {
      const { code, message } = toFault(error)
      warn(pipeline, { code, message: `The states of its alarms cannot be saved. ${message}` })
    }
  }

  async function change(pipeline: string, one: Watched, kind: AlarmKind, next: Kept): Promise<void> {
    const before = one.alarms.get(kind)
    if (before?.state === next.state || watched.get(pipeline) !== one) return
    const isNews = next.state === 'ALARM' || before?.state === 'ALARM'
    const alarm = { ...next, isTold: !isNews }
    one.alarms.set(kind, alarm)
    await save(pipeline, one)
    if (isNews) say(pipeline, one, kind, alarm)
  }

  function say(pipeline: string, one: Watched, kind: AlarmKind, alarm: Kept): void {
    const code = `alarm_${kind}${alarm.state === 'ALARM' ? '' : '_over'}`
    warn(pipeline, { code, message: alarm.message })
    tell(pipeline, one, kind, alarm)
  }

  async function checkOne(pipeline: string, one: Watched, overview: () => Promise<Overview>): Promise<void> {
    const seen = one.watch.seen()
    if (settings.dropOff.isOn && seen) {
      const { state: is, since } = await one.dropOff.judge(seen, overview)
      const message = one.dropOff.message(seen)
      await change(pipeline, one, 'drop_off', { state: is, since, message, isTold: true })
    }
    for (const kind of alarmKinds) {
      if (kind === 'drop_off' || (kind === 'quarantine' && !settings.quarantine)) continue
      const found = one.watch.condition(kind, now())
      if (!found) continue
      const is = found.isBad ? 'ALARM' : 'OK'
      await change(pipeline, one, kind, { state: is, since: now(), message: found.message, isTold: true })
    }
  }

  /** Before the check, so that an alarm is not told twice as it begins. */
  function remind(): void {
    // The absolute distance: receivers must not forget alarms because the clock was set back.
    if (Math.abs(now() - remindedAt) < remindEveryMs) return
    remindedAt = now()
    door.remind(states().filter((alarm) => alarm.state === 'ALARM'))
  }

  async function checkAll(): Promise<void> {
    remind()
    let read: Promise<Overview> | undefined
    const overview = (): Promise<Overview> => {
      read ??= overviewOf(state)
      return read
    }
    for (const [pipeline, one] of watched) {
      try {
        await checkOne(pipeline, one, overview)
        unjudged.delete(pipeline)
      } catch (error) {
        if (unjudged.has(pipeline)) continue
        unjudged.add(pipeline)
        const { code, message } = toFault(error)
        warn(pipeline, { code, message: `Its alarms cannot be judged. ${message}` })
      }
      // The ledgers of thousands of pipelines are read in the same minute: their events come first.
      await setImmediate()
    }
  }

  /** Ends all its alarms: otherwise receivers would show them for ever. */
  function end(pipeline: string, one: Watched, message: string): void {
    for (const [kind, { state: was }] of one.alarms) {
      if (was !== 'ALARM') continue
      const over: Kept = { state: 'OK', since: now(), message, isTold: false }
      one.alarms.set(kind, over)
      say(pipeline, one, kind, over)
    }
  }

  function remove(pipeline: string): void {
    const one = watched.get(pipeline)
    if (!one) return
    watched.delete(pipeline)
    end(pipeline, one, 'The pipeline was removed from the settings.')
    // If it comes back, here or in the next run.
    kept.set(pipeline, { alarms: one.alarms, dropOff: one.dropOff.dropOff })
    checking = checking.then(() => save(pipeline, one))
    door.removed(pipeline)
  }

  const states = (): readonly Alarm[] =>
    [...watched].flatMap(([pipeline, { alarms }]) =>
      [...alarms].map(([kind, { state: is, since, message }]) => ({
        ...{ pipeline, kind, since, message },
        state: is,
      })),
    )

  return {
    begins(pipeline) {
      door.begins(pipeline)
      of(pipeline.name).watch.begins()
    },
    standsBy(pipeline) {
      const one = watched.get(pipeline)
      if (!one) return
      one.watch.begins()
      watched.delete(pipeline)
      asleep.set(pipeline, one)
      end(pipeline, one, 'Another process runs this pipeline, and watches it.')
    },
    failed(fault, pipeline) {
      if (pipeline !== undefined) of(pipeline).watch.ended(fault)
    },
    fact: ({ pipeline, lane }, fact: Fact) => of(pipeline).watch.fact(lane, fact, now()),
    reloaded({ removed }) {
      for (const pipeline of removed) remove(pipeline)
    },
    check() {
      checking = checking.then(checkAll)
      return checking
    },
    states,
  }
}
