import { minute, second } from '../duration.ts'
import { actorOf, elsewhere, type Step, type Story, userResource } from './story.ts'

/** An attacker locks everybody out. */
export const sabotage: Story = {
  about:
    "With an administrator's session, an attacker removes members, resets all passwords and invites strangers.",
  lasts: 40 * minute,
  *tell({ admins, people }, random) {
    const admin = random.pick(admins)
    const by = { actor: actorOf(admin), context: elsewhere('192.0.2.140') }
    const step = (type: string): Step => ({ after: random.between(10, 90) * second, type, ...by })
    for (const person of people.filter(({ role }) => role === 'member').slice(34, 48)) {
      yield { ...step('user_deprovisioned'), resource: userResource(person) }
    }
    yield step('workspace_force_password_reset')
    yield step('user_csv_import_started')
  },
}
