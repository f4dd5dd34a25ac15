import { expect, test } from 'vitest'
import { interrupt } from '../support/interrupt.ts'
import { runCommand } from '../support/run-command.ts'
import { type TestPipeline, testPipeline } from '../support/test-pipeline.ts'

const dayMs = 86_400_000
const backlog = { events: 3_000, days: 20, defaultLimit: 50 }

/** A run that is stopped when a part of the backlog has been read, and again once something new was delivered. */
async function interruptedRun(pipeline: TestPipeline): Promise<void> {
  await stoppedRun(pipeline, 'backlog', 25)
  pipeline.simulator.grow(10)
  await stoppedRun(pipeline, 'live', 8)
}

/** Asana stops answering after so many requests. */
async function stoppedRun(
  { simulator, env, to }: TestPipeline,
  lane: string,
  requests: number,
): Promise<void> {
  const most = simulator.stats.requests + requests
  const silence = setInterval(() => {
    if (simulator.stats.requests >= most) simulator.set({ latencyMs: 300_000 })
  }, 1)
  try {
    await interrupt('SIGTERM', lane, ['run', '--since', '21d', ...to], env)
  } finally {
    clearInterval(silence)
    simulator.set({ latencyMs: 0 })
  }
}

interface ShownLane {
  readonly lane: string
  readonly delivered: number
  readonly backlogLeft: { readonly from?: string; readonly until?: string } | null
}

/** The backlog. */
async function shown({ env }: TestPipeline): Promise<ShownLane> {
  const { lanes } = JSON.parse((await runCommand(['state', 'show', '--json'], env)).stdout)
  return lanes.find(({ lane }: ShownLane) => lane === 'backlog')
}

test('the rest of a backlog is shown, and verify does not report it as a difference', async () => {
  await using pipeline = await testPipeline(backlog)
  const { simulator, env, command, delivered } = pipeline
  await interruptedRun(pipeline)
  const left = await shown(pipeline)
  expect(left.delivered).toBeLessThan(3_000)
  const last = simulator.events[left.delivered - 1]?.created_at
  expect(left.backlogLeft).toEqual({ from: last, until: expect.any(String) })
  const { stdout } = await runCommand(['state', 'show'], env)
  expect(stdout).toContain(`left to read  from ${last} to ${left.backlogLeft?.until}`)
  const verified = await command('verify')
  expect(verified, verified.stdout).toMatchObject({ code: 0 })
  expect(verified.stdout.replaceAll(/\s+/g, ' ')).toContain(
    'where a backlog or a backfill is not finished yet',
  )

  await command('run', '--once', '--since', '21d')
  expect(delivered().toSorted()).toEqual(simulator.events.map(({ gid }) => gid).toSorted())
})

test('a rewind past an unfinished backlog leaves nothing out, and the ledger agrees afterwards', async () => {
  await using pipeline = await testPipeline(backlog)
  const { simulator, env, command, delivered } = pipeline
  await interruptedRun(pipeline)
  const rewound = await runCommand(['state', 'rewind', '--to', '1d'], env)
  expect(rewound.code).toBe(0)
  // Nothing of the day before is in the ledger any more, and none of that is missing.
  const before = await command('verify')
  expect(before, before.stdout).toMatchObject({ code: 0 })
  await command('run', '--once', '--since', '21d')
  expect(new Set(delivered())).toEqual(new Set(simulator.events.map(({ gid }) => gid)))
  const verified = await command('verify')
  expect(verified, verified.stdout).toMatchObject({ code: 0 })
})

test('a rewind to a time that was not reached yet leaves nothing out, and says where it continues', async () => {
  await using pipeline = await testPipeline(backlog)
  const { simulator, env, command, delivered } = pipeline
  const until = new Date(Date.now() - 5 * dayMs).toISOString()
  await command('run', '--once', '--since', '21d', '--until', until)
  expect(delivered().length).toBeLessThan(3_000)
  const rewound = await runCommand(['state', 'rewind', '--to', '1d'], env)
  expect(rewound).toMatchObject({ code: 0, stdout: expect.stringContaining('earlier than you asked for') })
  await command('run', '--once', '--since', '21d')
  expect(new Set(delivered())).toEqual(new Set(simulator.events.map(({ gid }) => gid)))
})

test('a rewound backlog continues with new filters, and sends no offset of the old ones', async () => {
  await using pipeline = await testPipeline(backlog)
  const { simulator, env, command, delivered } = pipeline
  await interruptedRun(pipeline)
  const count = delivered().length
  const position = simulator.events[(await shown(pipeline)).delivered]?.created_at ?? ''
  const to = new Date(Date.now() - 1 * dayMs).toISOString()
  await runCommand(['state', 'rewind', '--to', to], env)
  const filtered = await command('run', '--once', '--since', '21d', '--event-type', 'user_login_succeeded')
  expect(filtered.code).toBe(0)
  expect(filtered.stderr).not.toContain('healed')
  const wanted = simulator.events.filter(
    ({ created_at: at, event_type: type }) => at >= position && type === 'user_login_succeeded',
  )
  expect(new Set(delivered().slice(count))).toEqual(new Set(wanted.map(({ gid }) => gid)))
})
