import { minute, second } from '../duration.ts'
import { actorOf, byScript, elsewhere, type Step, type Story, userResource } from './story.ts'

/** An attacker guesses a password and downloads files. */
export const accountTakeover: Story = {
  about:
    "An administrator's password is guessed; the attacker creates a token, starts exports and downloads files.",
  lasts: 100 * minute,
  *tell({ people, admins }, random) {
    const victim = random.pick(admins)
    const thief = actorOf(victim)
    const account = userResource(victim)
    const guessing = elsewhere('192.0.2.231')
    for (const person of people.filter(({ role }) => role === 'member').slice(0, 14)) {
      const [actor, resource] = [actorOf(person), userResource(person)]
      yield {
        after: random.between(20, 60) * second,
        type: 'user_login_failed',
        actor,
        resource,
        context: guessing,
      }
    }
    const failed: Step = {
      after: 40 * second,
      type: 'user_login_failed',
      actor: thief,
      resource: account,
      context: guessing,
    }
    for (let tries = 0; tries < 7; tries++) yield failed
    for (const address of ['192.0.2.231', '192.0.2.112', '192.0.2.187', '192.0.2.203', '192.0.2.245']) {
      yield {
        ...failed,
        after: random.between(60, 300) * second,
        type: 'user_login_succeeded',
        context: elsewhere(address),
      }
    }
    const from = elsewhere('192.0.2.245')
    const self = { actor: thief, resource: account, context: from }
    yield { after: minute, type: 'user_two_factor_auth_disabled', ...self }
    yield { after: minute, type: 'user_personal_access_token_authorized', ...self }
    const script = { actor: thief, context: byScript('192.0.2.245') }
    yield { after: 3 * minute, type: 'workspace_members_export_started', ...script }
    yield { after: minute, type: 'workspace_attachment_export_started', ...script }
    for (let projects = 0; projects < 12; projects++)
      yield { after: random.between(5, 40) * second, type: 'project_csv_export_started', ...script }
    for (let files = 0; files < 65; files++)
      yield { after: random.between(1, 6) * second, type: 'attachment_downloaded', ...script }
    yield { after: minute, type: 'user_logged_out', ...self }
  },
}
