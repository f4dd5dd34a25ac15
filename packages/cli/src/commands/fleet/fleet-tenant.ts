import type { NewTenant, Tenant } from '@asana-audit/fleet'
import { readChoice } from '../../flags/choice.ts'
import { type AnyCommand, Command, choiceOption, type Done, type FlagsOf } from '../../flags/command.ts'
import { type FleetFlags, withFleetFlags } from '../../flags/fleet-flags.ts'
import { examples } from '../../flags/help.ts'
import { withOptionalPackages } from '../../fleet/optional-packages.ts'
import { sayMissingTokens } from '../../fleet/say-missing-tokens.ts'
import { tenantNames } from '../../fleet/tenant-names.ts'
import { tenantLines, tenantRows } from '../../fleet/tenant-text.ts'
import { type FleetConnection, withFleetClient } from '../../fleet/with-fleet.ts'
import { type ExitCode, exitCode } from '../../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../../terminal/problem.ts'
import { say, sayJson } from '../../terminal/say.ts'
import { tenantImportCommand } from './fleet-tenant-import.ts'

/** `asana-audit fleet tenant …`. */
export function fleetTenantCommand(done: Done): AnyCommand {
  const command = new Command('tenant').description(
    'Add, show, pause, resume and remove tenants, one by one or from a CSV.',
  )
  for (const make of [add, list, show, pause, resume, remove, tenantImportCommand])
    command.addCommand(make(done))
  return command
}

const defineAdd = () =>
  withFleetFlags('add')
    .description(
      'Add a tenant. Workers begin with it within a minute: new events at once, its history beside them. With --config, its destination is checked.',
    )
    .argument('<name>', 'its name, which its position is kept under')
    .requiredOption('--workspace <gid>', 'the "Domain ID" from Settings in the admin console')
    .requiredOption(
      '--token-ref <reference>',
      'where its token is: file:/PATH, env:NAME or exec:COMMAND; never the token',
    )
    .requiredOption('--destination <name>', "a name under destinations in the fleet's file")
    .option('--poll-seconds <number>', 'how often to ask for new events (default 60)')
    .option('--json', 'print JSON')
    .addHelpText(
      'before',
      `${examples('fleet tenant add acme --workspace 1234567890123456 \\')}    --token-ref file:/run/secrets/acme --destination siem\n`,
    )

const add = (done: Done): AnyCommand =>
  defineAdd().action(async (name, flags) => done(await addOne(name, flags)))

async function addOne(name: string, flags: FlagsOf<typeof defineAdd>): Promise<ExitCode> {
  const { workspace, tokenRef, destination, pollSeconds } = flags
  const tenant: NewTenant = {
    ...{ name, workspace, tokenRef, destination },
    pollSeconds: pollSeconds === undefined ? undefined : Number(pollSeconds),
  }
  const problems: Problem[] = []
  const { destinations, programs } = await tenantNames(flags, problems)
  const { tenantProblems } = await withOptionalPackages(() => import('@asana-audit/fleet'))
  // A file with problems does not say which destinations there are.
  for (const { field, message } of tenantProblems(tenant, problems.length > 0 ? {} : { destinations }))
    problems.push({ setting: field === 'name' ? field : `--${field.replaceAll('_', '-')}`, message })
  if (problems.length > 0) return invalidSettings(problems)
  return withFleetClient(flags, async ({ client, fleet }) => {
    const message = fleet.missingToken(tokenRef, { env: process.env, programs })
    if (message !== undefined) sayMissingTokens([{ place: name, message }])
    const added = await fleet.addTenant(client, tenant)
    if (flags.json) sayJson(added)
    else say(`✓ ${name} is added. Workers begin with it within a minute.`)
    return exitCode.done
  })
}

const defineList = () =>
  withFleetFlags('list')
    .description('List the tenants: workspace, destination, token reference, pace and state.')
    .addOption(choiceOption('--only <state>', 'only these (default: active and paused)', states))
    .option('--json', 'print JSON')
    .addHelpText('before', examples('fleet tenant list', 'fleet tenant list --only paused --json'))

const states = ['active', 'paused', 'removed'] as const

const list = (done: Done): AnyCommand => defineList().action(async (flags) => done(await listAll(flags)))

async function listAll({ only, json, ...flags }: FlagsOf<typeof defineList>): Promise<ExitCode> {
  const problems: Problem[] = []
  const state = readChoice('--only', only, states, problems)
  if (problems.length > 0) return invalidSettings(problems)
  return withFleetClient(flags, async ({ client, fleet }) => {
    const tenants = await fleet.listTenants(client, { state })
    if (json) sayJson({ tenants })
    else if (tenants.length === 0) say('There is no such tenant. Add one: asana-audit fleet tenant add.')
    else tenantRows(tenants, process.stdout.columns)
    return exitCode.done
  })
}

const defineOne = (name: string, description: string) =>
  withFleetFlags(name)
    .description(description)
    .argument('<name>', 'of the tenant')
    .option('--json', 'print JSON')
    .addHelpText('before', examples(`fleet tenant ${name} acme`))

const show = (done: Done): AnyCommand =>
  defineOne('show', 'Show one tenant: settings, how far it is, and why it stands still.').action(
    async (name, flags) => done(await showOne(name, flags)),
  )

async function showOne(name: string, flags: FlagsOf<typeof defineOne>): Promise<ExitCode> {
  return withFleetClient(flags, async ({ client, fleet }) => {
    const tenant = await fleet.getTenant(client, name)
    const progress = await fleet.tenantProgress(client, name)
    if (flags.json) sayJson({ ...tenant, progress: progress ?? null })
    else for (const line of tenantLines(tenant, progress, Date.now())) say(line, 16)
    return exitCode.done
  })
}

const pause = (done: Done): AnyCommand =>
  defineOne(
    'pause',
    'Pause a tenant until it is resumed. A turn under way ends at its next commit, or within seconds if it waits.',
  )
    .option('--reason <text>', 'for those who read fleet status')
    .action(async (name, flags) => {
      const change: Change = ({ client, fleet }) => fleet.pauseTenant(client, name, flags.reason)
      done(await changeOne(flags, change, `✓ ${name} is paused.`))
    })

const resume = (done: Done): AnyCommand =>
  defineOne(
    'resume',
    'Start a paused tenant again, from where it was, or try it again after a fault.',
  ).action(async (name, flags) => {
    const change: Change = ({ client, fleet }) => fleet.resumeTenant(client, name)
    done(
      await changeOne(
        flags,
        change,
        `✓ ${name} goes on from where it was, within a minute or at its next poll.`,
      ),
    )
  })

const remove = (done: Done): AnyCommand =>
  defineOne(
    'remove',
    'Remove a tenant. Its position and quarantine stay; tenant add goes on from there.',
  ).action(async (name, flags) => {
    const change: Change = ({ client, fleet }) => fleet.removeTenant(client, name)
    done(await changeOne(flags, change, `✓ ${name} is removed. Its position and quarantine stay.`))
  })

type Change = (open: FleetConnection) => Promise<Tenant>

async function changeOne(flags: JsonFlags, change: Change, sentence: string): Promise<ExitCode> {
  return withFleetClient(flags, async (open) => {
    const tenant = await change(open)
    if (flags.json) sayJson(tenant)
    else say(sentence)
    return exitCode.done
  })
}

interface JsonFlags extends FleetFlags {
  readonly json?: true | undefined
}
