import { hour, minute } from '../duration.ts'
import { actorOf, atWork, type Story } from './story.ts'

/** Asana's support acts in the workspace; nobody may have asked for it. */
export const supportVisit: Story = {
  about: "Asana's support changes a setting of the workspace on behalf of an administrator.",
  lasts: 3 * hour,
  *tell({ admins }, random) {
    const admin = random.pick(admins)
    yield {
      after: 0,
      type: 'user_forgot_password_started',
      actor: actorOf(admin),
      context: atWork(admin),
      resource: { resource_type: 'user', gid: admin.gid, name: admin.name, email: admin.email },
    }
    yield {
      after: random.between(20, 120) * minute,
      type: 'workspace_idle_session_duration_changed',
      actor: { actor_type: 'asana_support' },
      context: { context_type: 'asana_support', on_behalf_of_user_id: Number(admin.gid) },
    }
  },
}
