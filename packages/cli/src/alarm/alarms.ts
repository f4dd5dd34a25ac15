import { setImmediate } from 'node:timers/promises'
import { type DurableState, type Fact, toFault } from '@asana-audit/core'
import { millisOf } from '@asana-audit/schema/lossless'
import type { AlarmSettings } from '../config/monitoring/alarm.ts'
import { minuteMs } from '../duration.ts'
import { isTimeRange, newUnreadFrom, rangeLeft } from '../progress/lag/unread.ts'
import type { Reporter } from '../progress/reporters/reporter.ts'
import type { Warning } from '../terminal/problem.ts'
import { type Alarm, type AlarmDoor, type AlarmKind, alarmKinds } from './alarm.ts'
import { type DropOffWatch, type Overview, overviewOf, watchDropOff } from './drop-off-watch.ts'
import { alarmsText, freshAlarms, type Kept, readAlarms } from './kept-alarms.ts'
import { type PipelineWatch, watchPipeline } from './pipeline-watch.ts'

export interface Alarms extends Pick<Reporter, 'fact' | 'begins' | 'standsBy' | 'failed' | 'reloaded'> {
  /** Judges all pipelines. Between two of them, other work of the process goes on. It never rejects. */
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
    (row) => row.lane !== 'backfill' && !(isTimeRange(row) && rangeLeft(row.cursor) === undefined),
  )
  const watched = new Map<string, Watched>()
  /** Pipelines of this run that another process has taken over. That process watches them. */
  const takenOver = new Map<string, Watched>()
  /** Pipelines that could not be judged at the last check: a warning says so only the first time. */
  const unjudged = new Set<string>()
  let remindedAt = now()
  let checking = Promise.resolve()

  function watchedOf(pipeline: string): Watched {
    const existing = watched.get(pipeline) ?? takenOver.get(pipeline)
    if (existing) {
      takenOver.delete(pipeline)
      watched.set(pipeline, existing)
      return existing
    }
    const rows = unfinished.filter((row) => row.pipeline === pipeline)
    const positions = new Map(
      rows.flatMap((row) => {
        const at = row.lane === 'live' ? newUnreadFrom(row) : row.newestAt
        return at === undefined ? [] : [[row.lane, Date.parse(at)] as const]
      }),
    )
    const newestAt = millisOf(rows.find(({ lane }) => lane === 'live')?.newestAt)
    const before = kept.get(pipeline)
    const made: Watched = {
      watch: watchPipeline(settings, { positions, newestAt }),
      dropOff: watchDropOff(pipeline, state, settings.dropOff, before?.dropOff, now()),
      alarms: new Map(before?.alarms ?? freshAlarms(now())),
    }
    watched.set(pipeline, made)
    for (const [kind, entry] of made.alarms) if (!entry.isTold) tell(pipeline, made, kind, entry)
    return made
  }

  /** Sends an alarm, and saves when all receivers have taken it. A receiver that is down for a day gets it later, also after a restart. */
  function tell(pipeline: string, entry: Watched, kind: AlarmKind, alarm: Kept): void {
    door.tell({ pipeline, kind, ...alarm }).then(
      async () => {
        if (entry.alarms.get(kind) !== alarm) return
        entry.alarms.set(kind, { ...alarm, isTold: true })
        // If this process no longer watches the pipeline, another may run it by now and save its alarms.
        if (watched.get(pipeline) === entry) await save(pipeline, entry)
      },
      () => {}, // The run has ended first. The state says that the alarm was not sent, so the next run sends it.
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

  async function change(pipeline: string, entry: Watched, kind: AlarmKind, next: Kept): Promise<void> {
    const before = entry.alarms.get(kind)
    if (before?.state === next.state || watched.get(pipeline) !== entry) return
    const isNews = next.state === 'ALARM' || before?.state === 'ALARM'
    const alarm = { ...next, isTold: !isNews }
    entry.alarms.set(kind, alarm)
    await save(pipeline, entry)
    if (isNews) say(pipeline, entry, kind, alarm)
  }

  function say(pipeline: string, entry: Watched, kind: AlarmKind, alarm: Kept): void {
    const code = `alarm_${kind}${alarm.state === 'ALARM' ? '' : '_over'}`
    warn(pipeline, { code, message: alarm.message })
    tell(pipeline, entry, kind, alarm)
  }

  async function checkOne(
    pipeline: string,
    entry: Watched,
    overview: () => Promise<Overview>,
  ): Promise<void> {
    const seen = entry.watch.seen()
    if (settings.dropOff.isOn && seen) {
      const { state: is, since } = await entry.dropOff.judge(seen, overview)
      const message = entry.dropOff.message(seen)
      await change(pipeline, entry, 'drop_off', { state: is, since, message, isTold: true })
    }
    for (const kind of alarmKinds) {
      if (kind === 'drop_off' || (kind === 'quarantine' && !settings.quarantine)) continue
      const found = entry.watch.condition(kind, now())
      if (!found) continue
      const is = found.isBad ? 'ALARM' : 'OK'
      await change(pipeline, entry, kind, { state: is, since: now(), message: found.message, isTold: true })
    }
  }

  /** Sends the alarms that are still on again. It runs before the check, so that a new alarm is not sent twice. */
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
    for (const [pipeline, entry] of watched) {
      try {
        await checkOne(pipeline, entry, overview)
        unjudged.delete(pipeline)
      } catch (error) {
        if (unjudged.has(pipeline)) continue
        unjudged.add(pipeline)
        const { code, message } = toFault(error)
        warn(pipeline, { code, message: `Its alarms cannot be judged. ${message}` })
      }
      // The ledgers of thousands of pipelines may be read in the same minute. Events must not wait for that.
      await setImmediate()
    }
  }

  /** Ends all alarms of a pipeline: otherwise receivers would show them for ever. */
  function end(pipeline: string, entry: Watched, message: string): void {
    for (const [kind, { state: was }] of entry.alarms) {
      if (was !== 'ALARM') continue
      const over: Kept = { state: 'OK', since: now(), message, isTold: false }
      entry.alarms.set(kind, over)
      say(pipeline, entry, kind, over)
    }
  }

  function remove(pipeline: string): void {
    const entry = watched.get(pipeline)
    if (!entry) return
    watched.delete(pipeline)
    end(pipeline, entry, 'The pipeline was removed from the settings.')
    // The pipeline may come back, in this run or in the next.
    kept.set(pipeline, { alarms: entry.alarms, dropOff: entry.dropOff.dropOff })
    checking = checking.then(() => save(pipeline, entry))
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
      watchedOf(pipeline.name).watch.begins()
    },
    standsBy(pipeline) {
      const entry = watched.get(pipeline)
      if (!entry) return
      entry.watch.begins()
      watched.delete(pipeline)
      takenOver.set(pipeline, entry)
      end(pipeline, entry, 'Another process runs this pipeline, and watches it.')
    },
    failed(fault, pipeline) {
      if (pipeline !== undefined) watchedOf(pipeline).watch.ended(fault)
    },
    fact: ({ pipeline, lane }, fact: Fact) => watchedOf(pipeline).watch.fact(lane, fact, now()),
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
